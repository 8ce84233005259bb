/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotin-modem: baotind starts one per modem, with the daemon's socket as
 * descriptor 3. This file goes from HELLO to BYE.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "confine/confine.h"
#include "journal/journal.h"
#include "worker/machine.h"
#include "worker/pause.h"
#include "worker/preflight.h"
#include "worker/run.h"
#include "worker/submit.h"
#include "worker/worker.h"

#define LINK_FD	      3
#define CONFIG_MS     30000
#define JOURNAL_MS    20000
#define EXIT_BY_HAND  2

static const char about[] =
    "baotin-modem is the part of baotin that speaks with one modem. It is\n"
    "started by baotind, which gives it a socket as descriptor 3; started\n"
    "by hand it can do nothing. See baotind(8) and baotinctl(1).\n"
    "\n"
    "  --help     this text\n"
    "  --version  name and version\n";

static int
answer_words(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		(void)fputs(about, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf("baotin-modem %s\n", PACKAGE_VERSION);
		return 0;
	}
	(void)fputs(about, stderr);
	return EXIT_BY_HAND;
}

static bool
has_socket(void)
{
	struct stat st;

	return fstat(LINK_FD, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int
say_hello(struct worker *w)
{
	struct proto p = {.type = PROTO_TYPE_HELLO};
	struct pollfd fd = {.fd = LINK_FD, .events = POLLIN};
	int64_t deadline = clock_mono_ms() + CONFIG_MS;
	enum link_verdict verdict = LINK_NONE;

	p.hello.version = PROTO_VERSION;
	p.hello.pid = (uint32_t)getpid();
	link_put(&w->link, &p);
	link_flush(&w->link);
	while (verdict == LINK_NONE && !w->link.is_closed &&
	    clock_mono_ms() < deadline) {
		if (poll(&fd, 1, 1000) > 0)
			link_read(&w->link);
		verdict = link_take(&w->link, &w->config_frame);
	}
	if (verdict != LINK_FRAME ||
	    w->config_frame.type != PROTO_TYPE_CONFIG) {
		log_error("link_bad", "text=\"no configuration came\"");
		return -1;
	}
	w->config = &w->config_frame.config;
	if (log_init("baotin-modem", w->config->log_target,
	    w->config->log_level) == -1)
		log_warning("log", "text=\"unknown log target or level\"");
	pause_cap(w->config->pace_ms);
	inbox_init(&w->inbox, &w->ledger, &w->link, w->config->modem,
	    w->id.imsi);
	send_init(&w->sending, &w->ledger, &w->link, w->config, w->id.imsi,
	    &submit_hooks, w);
	return 0;
}

/* If nobody waits for this start any more, it ends like a stop. */
static bool
is_wanted(struct worker *w)
{
	if (worker_is_wanted(w))
		return true;
	worker_fail(w, "shutdown");
	return false;
}

/* The worker before us may still be finishing a text, or the daemon may be
 * replaying the journal: then its lock is taken. */
static int
open_journal(struct worker *w)
{
	int64_t deadline = clock_mono_ms() + JOURNAL_MS;
	struct proto hello = {.type = PROTO_TYPE_HELLO};

	while ((w->journal = journal_open(w->config->journal)) == NULL &&
	    errno == EWOULDBLOCK && clock_mono_ms() < deadline &&
	    is_wanted(w))
		(void)poll(NULL, 0, 100);
	if (w->is_failed)
		return -1;
	if (w->journal == NULL) {
		log_error("journal_closed", "modem=%s file=%s error=\"%s\"",
		    w->config->modem, w->config->journal, strerror(errno));
		worker_fail(w, "journal");
		return -1;
	}
	ledger_init(&w->ledger, w->journal, &w->link, w->config->modem,
	    w->config->journal);
	/* This record marks where a worker's run begins (journal/replay.c). */
	hello.hello.version = PROTO_VERSION;
	hello.hello.pid = (uint32_t)getpid();
	(void)ledger_append(&w->ledger, &hello);
	return 0;
}

/* Tells the daemon the detail for the LOCKED or BYE that follows. */
static void
tell_detail(struct worker *w)
{
	struct proto p = {.type = PROTO_TYPE_DETAIL,
	    .detail = {.text = w->detail}};

	if (w->detail[0] != '\0')
		link_put(&w->link, &p);
}

static int
preflight(struct worker *w)
{
	struct proto p = {.type = PROTO_TYPE_LOCKED};
	const char *reason = "";
	int tries_left = -1;
	enum preflight verdict;

	worker_calling(w, "preflight", PREFLIGHT_MS);
	verdict = preflight_run(w, &reason, &tries_left);
	worker_called(w);
	tell_detail(w);
	switch (verdict) {
	case PREFLIGHT_OK:
		return 0;
	case PREFLIGHT_FAILED:
		worker_fail(w, reason);
		return -1;
	case PREFLIGHT_LOCKED:
		break;
	}
	log_error("modem_locked", "modem=%s reason=%s tries_left=%d",
	    w->config->modem, reason, tries_left);
	p.locked.reason = xstrdup(reason);
	p.locked.tries_left = tries_left;
	p.locked.iccid = xstrdup(w->id.iccid);
	link_put(&w->link, &p);
	proto_clear(&p);
	worker_fail(w, "locked");
	return -1;
}

static void
say_ready(struct worker *w)
{
	struct proto ready;

	machine_describe(w, &ready);
	log_info("modem_ready", "modem=%s imei=%s model=%s",
	    w->config->modem, w->id.imei, ready.ready.model);
	link_put(&w->link, &ready);
	proto_clear(&ready);
	w->wants_health = true;
}

/* Sends the last lines of the dialogue, if the modem is the cause of the
 * end. */
static void
tell_dialogue(struct worker *w)
{
	if (strcmp(w->bye, "shutdown") != 0 && strcmp(w->bye, "resetting") != 0)
		worker_tell_dialogue(w, w->bye);
}

static void
say_bye(struct worker *w)
{
	char *reason = xstrdup(w->bye);
	struct proto p = {.type = PROTO_TYPE_BYE, .bye = {.reason = reason}};

	tell_dialogue(w);
	log_info("modem_bye", "modem=%s reason=%s",
	    w->config != NULL ? w->config->modem : "?", w->bye);
	link_put(&w->link, &p);
	link_flush(&w->link);
	free(reason);
}

int
main(int argc, char **argv)
{
	static struct worker w;

	if (argc != 1 || !has_socket())
		return answer_words(argc, argv);
	w.tty = -1;
	w.bye = "";
	w.is_wanted = worker_is_wanted;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* then a large write only fails */
	worker_catch_signals();
	link_init(&w.link, LINK_FD);
	w.stored.wants_sweep = true;
	if (say_hello(&w) == -1)
		worker_fail(&w, "protocol");
	else if (open_journal(&w) == 0 && preflight(&w) == 0 &&
	    is_wanted(&w) && machine_open(&w, worker_tick) == 0) {
		confine_worker(w.config->modem, w.config->device,
		    w.config->journal);
		say_ready(&w);
		worker_loop(&w);
	}
	say_bye(&w);
	machine_close(&w);
	ledger_end(&w.ledger);
	ledger_clear(&w.ledger);
	journal_close(w.journal);
	ring_clear(&w.ring);
	stored_clear(&w);
	ussd_clear(&w);
	proto_clear(&w.config_frame);
	link_clear(&w.link);
	return strcmp(w.bye, "shutdown") == 0 ? 0 : 1;
}
