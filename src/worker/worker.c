/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The worker's loop. It sleeps in ppoll() on the tty and the daemon's socket,
 * and does not wake up while nothing happens.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/ear.h"
#include "worker/health.h"
#include "worker/machine.h"
#include "worker/probe.h"
#include "worker/restart.h"
#include "worker/run.h"
#include "worker/stray.h"
#include "worker/worker.h"

#define HEALTH_EVERY_MS 60000
#define QUIET_MS	20	/* see worker/health.c */
#define PATIENCE_MS	200	/* for a quiet tty, while texts wait */
#define COMPACT_MS	60000
#define SILENT_MS	3000	/* a call silent so long: give its texts back */
#define PROMPT_MS	4000	/* after this, no text is written any more */

static volatile sig_atomic_t got_term;

/* --- what worker.h promises ---------------------------------------------- */

/* Has the ear kept lines for us, and is it our turn to read? */
static bool
has_kept(const struct worker *w)
{
	return !w->sending.is_in_flight && ear_has_kept(w->tty);
}

bool
worker_drain(struct worker *w)
{
	struct pollfd p = {.fd = w->tty, .events = POLLIN};

	for (int i = 0; i < 100 && (poll(&p, 1, 0) > 0 || has_kept(w));
	    i++) {
		/* Only this shows that the modem was unplugged:
		 * GSM_ReadDevice() returns 0 at once, again and again. */
		if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
			return false;
		if (w->sending.is_in_flight) {
			(void)GSM_ReadDevice(w->machine, FALSE);
			at_listen_kept(&w->at);
		} else if (at_listen(&w->at) == -1) {
			return false;
		}
		w->quiet_deadline = clock_mono_ms() + QUIET_MS;
	}
	return true;
}

/* --- the loop ------------------------------------------------------------ */

static void
term_signal(int signo)
{
	(void)signo;
	got_term = 1;
}

static void
handle_frame(struct worker *w, struct proto *p)
{
	switch (p->type) {
	case PROTO_TYPE_SUBMIT:
		send_take(&w->sending, p);
		return;
	case PROTO_TYPE_QUERY:
		w->wants_health = true;
		return;
	case PROTO_TYPE_PROBE:
		probe_take(w);
		return;
	case PROTO_TYPE_SHUTDOWN:
		got_term = 1;
		return;
	case PROTO_TYPE_COMPACT:
		w->ledger.wants_compact = true;
		w->ledger.since_at = p->compact.since_at;
		w->ledger.confirmed = p->compact.confirmed;
		return;
	case PROTO_TYPE_DIAL:
		ussd_take(w, p->dial.text, p->dial.is_cancel);
		return;
	case PROTO_TYPE_CONFIG:
	case PROTO_TYPE_HELLO:
	case PROTO_TYPE_CALLING:
	case PROTO_TYPE_DETAIL:
	case PROTO_TYPE_DIALOGUE:
	case PROTO_TYPE_PROBED:
	case PROTO_TYPE_LOCKED:
	case PROTO_TYPE_READY:
	case PROTO_TYPE_SETTINGS:
	case PROTO_TYPE_HEALTH:
	case PROTO_TYPE_RESULT:
	case PROTO_TYPE_REPORT:
	case PROTO_TYPE_INCOMING:
	case PROTO_TYPE_RANG:
	case PROTO_TYPE_UNREADABLE:
	case PROTO_TYPE_USSD:
	case PROTO_TYPE_BYE:
	case PROTO_TYPE_INTENT:
	case PROTO_TYPE_JOURNAL:
	case PROTO_NONE:
	case PROTO_TYPE_END:
		break;
	}
	log_error("link_bad", "modem=%s type=%s text=\"not for a worker\"",
	    w->config->modem, proto_name(p->type));
	worker_fail(w, "protocol");
}

static void
take_frames(struct worker *w)
{
	struct proto p;

	while (!w->is_failed) {
		switch (link_take(&w->link, &p)) {
		case LINK_FRAME:
			handle_frame(w, &p);
			proto_clear(&p);
			continue;
		case LINK_BAD:
			worker_fail(w, "protocol");
			return;
		case LINK_NONE:
			return;
		}
	}
}

static void
read_daemon(struct worker *w)
{
	link_read(&w->link);
	take_frames(w);
}

/* When the next regular question to the modem is due. */
static int64_t
idle_deadline(const struct worker *w)
{
	return w->beat_deadline < w->health_deadline ? w->beat_deadline
	    : w->health_deadline;
}

/* A QUERY waits for the end of the segment, a regular question for the end of
 * all texts in hand. Both wait for a quiet tty. */
static bool
health_is_due(const struct worker *w)
{
	return !w->sending.is_in_flight && !w->is_ending &&
	    (w->wants_health || (w->sending.n == 0 &&
	    clock_mono_ms() >= idle_deadline(w)));
}

static void
set_ending(struct worker *w)
{
	w->is_ending = w->sending.is_ending = true;
}

/* Handles a ringing call, a report that needs an answer, stored messages. */
static bool
inbox_work(struct worker *w)
{
	return ring_step(w) || stray_step(w) || stored_step(w);
}

static void
compact(struct worker *w)
{
	if (!ledger_wants_tidy(&w->ledger))
		return;
	worker_calling(w, "compact", COMPACT_MS);
	ledger_tidy(&w->ledger);
	worker_called(w);
}

/* Does everything that can be done without waiting. */
static void
work(struct worker *w)
{
	bool is_busy = true;

	while (is_busy && !w->is_failed) {
		is_busy = false;
		if ((got_term || w->link.is_closed) && !w->is_ending) {
			set_ending(w);
			send_end_waiting(&w->sending, "ending");
		}
		/* The text on the air takes too long for the text that
		 * waits. */
		if (clock_mono_ms() >= send_waiting_deadline(&w->sending))
			send_end_waiting(&w->sending, "modem_silent");
		if (clock_mono_ms() >= ring_deadline(w))
			ring_end(w);
		/* Without a daemon, nobody would learn about further
		 * segments. */
		if (w->link.is_closed && !w->sending.is_in_flight)
			return;
		/* While the journal was broken, texts were left in the modem's
		 * memory. */
		if (ledger_mend(&w->ledger))
			w->stored.wants_sweep = true;
		if (restart_wants_check(w) && !w->is_ending &&
		    !restart_check(w))
			return;
		/* Without a journal, incoming texts are safer in the modem's
		 * memory. */
		if (!w->sending.is_in_flight && !w->is_ending)
			is_busy = (!w->ledger.is_broken && inbox_work(w)) ||
			    ussd_step(w) || probe_step(w);
		/* A QUERY goes before the next segment. */
		if (w->wants_health && health_is_due(w)) {
			if (w->patience_deadline == 0)
				w->patience_deadline = clock_mono_ms() +
				    PATIENCE_MS;
			return;
		}
		if (!w->is_failed && send_step(&w->sending))
			is_busy = true;
	}
}

/* A text that was not handed over to a silent modem will not be handed over
 * later, because only this process could do it. So it may go to another
 * modem. */
void
worker_tick(void *arg)
{
	struct worker *w = arg;
	struct pollfd fd = {.fd = w->link.fd, .events = POLLIN};
	int64_t silent_ms;

	if (w->call_began == 0 || w->is_failed)
		return;
	silent_ms = clock_mono_ms() - w->call_began;
	if (silent_ms < SILENT_MS)
		return;
	if (!w->link.is_closed && poll(&fd, 1, 0) == 1)
		read_daemon(w);
	send_give_back(&w->sending);
	link_flush(&w->link);
	if (silent_ms >= PROMPT_MS && w->sending.is_submitting &&
	    ear_awaits_prompt(w->tty)) {
		ear_refuse_prompt(w->tty);
		(void)GSM_AbortOperation(w->machine);
	}
}

/* When the tty is quiet, or counts as quiet, for our own commands. */
static int64_t
quiet_deadline(const struct worker *w)
{
	return w->patience_deadline != 0 &&
	    w->patience_deadline < w->quiet_deadline ?
	    w->patience_deadline : w->quiet_deadline;
}

static void
tell_health(struct worker *w)
{
	if (!w->wants_health && clock_mono_ms() < w->health_deadline) {
		health_beat(w);
		return;
	}
	w->wants_health = false;
	w->patience_deadline = 0;
	health_tell(w);
	if (!w->is_failed)
		(void)restart_check(w);
	w->health_deadline = clock_mono_ms() + HEALTH_EVERY_MS;
}

static int64_t
next_deadline(const struct worker *w)
{
	int64_t next = w->sending.n == 0 ? idle_deadline(w)
	    : w->health_deadline;

	if (w->sending.is_in_flight) {
		next = send_waiting_deadline(&w->sending);
		if (w->sending.deadline < next)
			next = w->sending.deadline;
		if (send_sync_deadline(&w->sending) < next)
			next = send_sync_deadline(&w->sending);
	}
	if (w->ledger.is_broken && w->ledger.retry_deadline < next)
		next = w->ledger.retry_deadline;
	if (ring_deadline(w) < next)
		next = ring_deadline(w);
	if (w->sending.is_in_flight)
		return next;
	if (ring_ask_deadline(w) < next)
		next = ring_ask_deadline(w);
	if (w->stored.must_poll && w->stored.sweep_deadline < next)
		next = w->stored.sweep_deadline;
	if (restart_check_deadline(w) < next)
		next = restart_check_deadline(w);
	if (health_is_due(w))
		next = quiet_deadline(w);
	return next;
}

static void
sleep_on_both(struct worker *w)
{
	struct pollfd p[2] = {
		{.fd = w->tty, .events = POLLIN},
		{.fd = w->link.is_closed ? -1 : w->link.fd,
		    .events = POLLIN},
	};
	int64_t left = has_kept(w) ? 0 : next_deadline(w) - clock_mono_ms();
	struct timespec ts = {0};
	sigset_t none;

	if (left > 0) {
		ts.tv_sec = left / 1000;
		ts.tv_nsec = (long)(left % 1000) * 1000000;
	}
	(void)sigemptyset(&none);
	if (ppoll(p, 2, &ts, &none) <= 0 && !has_kept(w))
		return;
	if ((p[0].revents != 0 || has_kept(w)) && !worker_drain(w))
		worker_fail(w, "gone");
	if (p[1].revents != 0 && !w->is_failed)
		read_daemon(w);
}

static void
catch_signals(void)
{
	struct sigaction sa = {.sa_handler = term_signal};
	sigset_t term;

	/* Only ppoll() lets SIGTERM in, so it interrupts no library call. */
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
}

/* A SUBMIT that came while a call blocked this process gets its answer, too.
 * One that the daemon writes even later has no intent in the journal. */
static void
refuse_leftovers(struct worker *w)
{
	struct pollfd fd = {.fd = w->link.fd, .events = POLLIN};
	struct proto p;

	set_ending(w);
	if (!w->link.is_closed && poll(&fd, 1, 0) == 1)
		link_read(&w->link);
	while (link_take(&w->link, &p) == LINK_FRAME) {
		if (p.type == PROTO_TYPE_SUBMIT)
			send_take(&w->sending, &p);
		proto_clear(&p);
	}
}

bool
worker_is_wanted(struct worker *w)
{
	struct pollfd fd = {.fd = w->link.fd, .events = POLLIN};
	sigset_t pending;

	/* SHUTDOWN may have come together with CONFIG: then it is in the link's
	 * buffer, and poll() does not report it. */
	take_frames(w);
	if (!w->link.is_closed && poll(&fd, 1, 0) == 1)
		read_daemon(w);
	if (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1)
		got_term = 1;
	return !got_term && !w->link.is_closed && !w->is_failed;
}

void
worker_loop(struct worker *w)
{
	take_frames(w);
	while (!w->is_failed) {
		work(w);
		if (w->is_failed || (w->is_ending &&
		    !w->sending.is_in_flight &&
		    (w->sending.n == 0 || w->link.is_closed)))
			break;
		if (health_is_due(w) &&
		    clock_mono_ms() >= quiet_deadline(w)) {
			tell_health(w);
			continue;
		}
		/* Syncs the records that no intent's sync will take along. */
		if (!w->sending.is_in_flight)
			(void)ledger_sync(&w->ledger);
		if (w->sending.n == 0)
			compact(w);
		link_flush(&w->link);
		/* The daemon went away during the write: do not sleep. */
		if (w->link.is_closed && !w->is_ending)
			continue;
		sleep_on_both(w);
	}
	if (!w->is_failed)
		machine_leave(w);
	/* A report that came instead of a prompt comes only once. And nobody
	 * else hears what the modem says just now, such as RING. */
	(void)at_listen(&w->at);
	if (w->is_failed && strcmp(w->bye, "gone") == 0)
		send_end(&w->sending, "unplugged");
	else
		send_end(&w->sending, w->is_failed ? w->bye : "ending");
	ring_end(w);
	refuse_leftovers(w);
	ledger_end(&w->ledger);
	if (w->bye[0] == '\0')
		w->bye = "shutdown";
}

void
worker_catch_signals(void)
{
	catch_signals();
}
