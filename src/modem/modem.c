/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of one modem: wait for its device, replay its journal, run a worker,
 * and start again when the worker ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/series.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "modem/inside.h"
#include "modem/modem.h"

#define WAIT_FIRST_MS  100
#define BEHIND_MS      8000 /* then the worker gives the second text back */
#define SEARCH_MS      3000 /* between two searches for the IMEI */
#define LOOK_MS	       2000 /* between two looks for a network */
#define START_MS       30000 /* from fork to the first CALLING after HELLO */

static void on_change(struct fsm *, unsigned, unsigned);

static const struct fsm_state states[] = {
#define X(id, word, may_follow)                                               \
	[MODEM_##id] = {.name = word, .next = may_follow},
	MODEM_STATES(X)
#undef X
};

/* While there is no network, ask the worker more often than it looks by
 * itself. */
static void
look_again(struct modem *modem)
{
	const struct proto query = {.type = PROTO_TYPE_QUERY};

	if (modem_state(modem) != MODEM_UNREGISTERED)
		return;
	modem_climb_unregistered(modem);
	modem_send(modem, &query);
	modem_arm(modem, LOOK_MS);
}

/* --- starting ------------------------------------------------------------- */

/* Logs once when the device goes and once when it comes. */
static bool
has_device(struct modem *modem)
{
	const char *name = modem->own->name, *device = modem->own->device;

	/* The device may have any name: the worker finds it by its IMEI. */
	if (modem->own->imei != NULL && *modem->own->imei != '\0')
		return true;
	if (access(device, F_OK) == -1) {
		if (!modem->is_waiting_for_device)
			log_warning("modem_missing",
			    "modem=%s device=%s error=\"%s\"", name, device,
			    strerror(errno));
		modem->is_waiting_for_device = true;
		modem_climb_down(modem);
		modem_set_reason(modem, HEALTH_NO_DEVICE, device);
		modem_go(modem, MODEM_DOWN);
		return false;
	}
	if (modem->is_waiting_for_device)
		log_info("modem_found", "modem=%s device=%s", name, device);
	modem->is_waiting_for_device = false;
	if (modem->reason == HEALTH_NO_DEVICE)
		modem_set_reason(modem, HEALTH_NOT_STARTED, NULL);
	return true;
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct modem *modem = arg;

	(void)fd;
	(void)what;
	if (modem->is_draining)
		return;
	if (modem->process != NULL) {
		look_again(modem);
		return;
	}
	if (modem->is_wanted)
		return;
	if (modem->wish == MODEM_WISH_DRAIN && !modem->has_journal &&
	    !modem->is_leaving)
		return;		/* until modem_set_wish() */
	/* The last worker's journal is reported even without the device. */
	if (modem->is_leaving || has_device(modem) || modem->has_journal) {
		modem->is_wanted = true;
		modem->hooks.on_wanted(modem, modem->arg);
	} else {
		modem_arm(modem, DEVICE_POLL_MS);
	}
}

void
modem_postpone(struct modem *modem)
{
	modem->is_wanted = false;
	modem_arm(modem, modem->wait_ms);
}

static void
send_config(struct modem *modem)
{
	const struct conf_modem *own = modem->own;
	char pin[64] = "";
	struct proto message = {.type = PROTO_TYPE_CONFIG};
	bool is_typed;

	modem_pin_take(modem, pin, sizeof(pin), &is_typed);
	message.config = (struct proto_config){
		.modem = own->name,
		.device = own->device,
		.connection = own->connection,
		.imei = own->imei,
		.pin = pin,
		.is_pin_typed = is_typed,
		.reset = modem->reset,
		.smsc = own->smsc,
		.journal = modem->journal,
		.pin_memory = modem->pin_memory,
		.pace_ms = (uint32_t)own->pace_ms,
		.send_timeout_ms = (uint32_t)modem->conf->retry.send_timeout_ms,
		.status_reports = own->status_reports,
		.missed_calls = own->missed_calls,
		.log_target = modem->conf->log.target,
		.log_level = modem->conf->log.level,
	};
	modem->told_timeout_ms = modem->conf->retry.send_timeout_ms;
	modem_send(modem, &message);
	explicit_bzero(pin, sizeof(pin));
}

/* --- the worker's voice and end ------------------------------------------- */

static void
on_frame(uint16_t type, const uint8_t *payload, size_t n, void *arg)
{
	struct modem *modem = arg;
	struct proto message;

	if (proto_decode(type, payload, n, &message) == -1) {
		process_kill(modem->process, "a frame that does not decode");
		return;
	}
	modem_hear(modem, &message);
	proto_clear(&message);
}

/* The worker ended without saying why. A reason it gave is kept. */
static void
note_end(struct modem *modem, const char *why)
{
	enum modem_state state = health_row(modem->reason)->state;

	if (modem->has_said_bye || state == MODEM_LOCKED)
		return;
	modem_set_reason(modem, HEALTH_WORKER_ENDED, why);
}

/* Without a worker, only reasons that need a person stay. */
static enum modem_state
state_without_worker(const struct modem *modem)
{
	enum modem_state state = health_row(modem->reason)->state;

	return state == MODEM_LOCKED || state == MODEM_FAILED ||
	    state == MODEM_RESETTING ? state : MODEM_DOWN;
}

static void
on_dead(const char *why, void *arg)
{
	struct modem *modem = arg;

	note_end(modem, why);
	if (!modem_is_ending(modem) && modem->wish != MODEM_WISH_DRAIN)
		modem_climb(modem);
	if (modem->reason == HEALTH_NOT_FOUND ||
	    modem->reason == HEALTH_NO_DEVICE)
		modem_climb_down(modem);
	log_info("worker_gone", "modem=%s why=\"%s\" reason=%s "
	    "in_flight=%u", modem->own->name, why,
	    health_row(modem->reason)->word, modem->n_flights);
	if (!modem_is_ending(modem) && modem->wish != MODEM_WISH_DRAIN) {
		metric_add(METRIC_WORKER_DEATHS, 1);
		modem->restarts++;
	}
	process_free(modem->process);
	modem->process = NULL;
	modem->n_flights = 0;
	modem->call_since_ms = 0;
	modem->has_journal = true;
	modem->is_degraded = false;
	proto_clear(&modem->ready);
	proto_clear(&modem->settings);
	proto_clear(&modem->health);
	modem_go(modem, state_without_worker(modem));
	modem_pin_ended(modem, false);
	modem_probe_ended(modem, NULL);
	modem->hooks.on_ussd(modem, NULL, modem->arg);
	if (modem->is_draining)
		return;
	if (modem->is_leaving || modem->is_restarting) {
		modem->is_restarting = false;
		modem->wait_ms = WAIT_FIRST_MS;
		modem_arm(modem, 0);
		return;
	}
	modem_arm(modem, modem->typed_pin != NULL ? 0 : modem->wait_ms);
	modem->wait_ms = modem->wait_ms * 2 < WAIT_MOST_MS
	    ? modem->wait_ms * 2 : WAIT_MOST_MS;
	/* The device may be plugged in at any moment: look often. */
	if (modem->wait_ms > SEARCH_MS && (modem->reason ==
	    HEALTH_NOT_FOUND || modem->reason == HEALTH_NO_DEVICE))
		modem->wait_ms = SEARCH_MS;
}

/* A modem that did not work keeps its old state and reason until it works: a
 * new try alone promises nothing. */
static bool
is_new_start(const struct modem *modem)
{
	switch (modem->reason) {
	case HEALTH_WELL:
	case HEALTH_NOT_STARTED:
	case HEALTH_DRAINING:
	case HEALTH_GONE:
	case HEALTH_RESTARTED:
	case HEALTH_RESETTING:
		return true;
	default: /* most of a long table */
		return false;
	}
}

void
modem_start(struct modem *modem)
{
	static const struct process_hooks hooks = {
		.on_frame = on_frame,
		.on_dead = on_dead,
	};

	modem->is_wanted = false;
	if (modem->process != NULL || modem_is_ending(modem))
		return;
	modem->has_journal = false;
	if (modem->wish == MODEM_WISH_DRAIN) {
		modem_set_reason(modem, HEALTH_DRAINING, NULL);
		modem_go(modem, MODEM_DOWN);
		return;
	}
	if (!has_device(modem)) {
		modem_arm(modem, DEVICE_POLL_MS);
		return;
	}
	modem->process = process_new(modem->base, modem->worker, &hooks,
	    modem);
	if (modem->process == NULL) {
		modem_arm(modem, DEVICE_POLL_MS);
		return;
	}
	metric_add(METRIC_WORKER_STARTS, 1);
	modem->has_said_bye = false;
	modem->said_detail[0] = '\0';
	if (modem->reset != RESET_NONE) {
		modem_set_reason(modem, HEALTH_RESETTING, NULL);
		modem_go(modem, MODEM_RESETTING);
	} else if (is_new_start(modem)) {
		modem_set_reason(modem, HEALTH_NOT_STARTED, NULL);
		modem_go(modem, MODEM_STARTING);
	}
	process_expect(modem->process, "its start", START_MS);
	send_config(modem);
	modem->reset = RESET_NONE;
}

/* --- work ----------------------------------------------------------------- */

void
modem_submit(struct modem *modem, const struct lease *lease)
{
	struct flight *flight = &modem->flights[modem->n_flights++];
	int64_t now = clock_mono_ms(), lease_deadline = lease->lease_deadline;
	uint8_t references[SEGMENTS_MAX];
	struct proto message = {.type = PROTO_TYPE_SUBMIT};
	union {
		const char *in;
		char *out;
	} id = {lease->id}, phone = {lease->phone}, text = {lease->text},
	    about = {lease->about};

	/* If the modem falls silent, the second text must soon go to another
	 * one: it gets a short lease. */
	if (modem->n_flights == 1)
		modem->front_since_ms = now;
	else if (lease_deadline > now + BEHIND_MS)
		lease_deadline = now + BEHIND_MS;
	memcpy(references, lease->references, sizeof(references));
	(void)snprintf(flight->message, sizeof(flight->message), "%s",
	    lease->id);
	(void)snprintf(flight->about, sizeof(flight->about), "%s",
	    lease->about);
	flight->fence = lease->fence;
	flight->done = lease->done;
	flight->segments = lease->segments;
	message.submit = (struct proto_submit){
		.message = id.out,
		.fence = lease->fence,
		.phone = phone.out,
		.text = text.out,
		.about = about.out,
		.done = lease->done,
		.concat_ref = lease->concat_ref,
		.references = {references, lease->segments},
		.report = modem->own->status_reports,
		.reject_duplicates = lease->reject_duplicates,
		.validity_ms = lease->validity_ms,
		.lease_deadline = lease_deadline,
	};
	modem_send(modem, &message);
	if (modem_state(modem) == MODEM_READY)
		modem_go(modem, MODEM_BUSY);
}

void
modem_dial(struct modem *modem, const char *text)
{
	struct proto message = {.type = PROTO_TYPE_DIAL};
	char *copy = xstrdup(text);

	message.dial.text = copy;
	if (modem->process != NULL)
		modem_send(modem, &message);
	free(copy);
}

void
modem_dial_end(struct modem *modem)
{
	char none[] = "";
	struct proto message = {
		.type = PROTO_TYPE_DIAL,
		.dial = {.text = none, .is_cancel = true},
	};

	if (modem->process != NULL)
		modem_send(modem, &message);
}

static void
drop_kept(struct modem *modem)
{
	if (modem->kept == NULL)
		return;
	free(modem->kept->name);
	free(modem->kept->device);
	free(modem->kept);
	modem->kept = NULL;
}

static void
use_conf(struct modem *modem, const struct conf_modem *own)
{
	modem->own = own;
	modem->fsm.instance = own->name;
}

void
modem_reload(struct modem *modem, const struct conf_modem *own)
{
	bool is_same = !modem->is_leaving &&
	    conf_modem_equal(modem->own, own) &&
	    (modem->process == NULL || modem->told_timeout_ms ==
	    modem->conf->retry.send_timeout_ms);

	use_conf(modem, own);
	drop_kept(modem);
	if (is_same)
		return;
	log_info("modem_changed", "modem=%s device=%s in_flight=%u",
	    own->name, own->device, modem->n_flights);
	if (modem->process != NULL) {
		modem->is_restarting = true;
		if (!modem->is_leaving)
			modem_end_worker(modem);
	} else {
		modem->wait_ms = WAIT_FIRST_MS;
		modem_arm(modem, 0);
	}
	modem->is_leaving = false;
}

void
modem_leave(struct modem *modem)
{
	if (modem->is_leaving)
		return;
	log_info("modem_leaves", "modem=%s in_flight=%u", modem->own->name,
	    modem->n_flights);
	modem->is_leaving = true;
	/* Other parts may ask for these settings until the modem is gone. */
	modem->kept = xcalloc(1, sizeof(*modem->kept));
	modem->kept->name = xstrdup(modem->own->name);
	modem->kept->device = xstrdup(modem->own->device);
	modem->kept->status_reports = modem->own->status_reports;
	use_conf(modem, modem->kept);
	if (modem->process != NULL)
		modem_end_worker(modem);
	else
		modem_arm(modem, 0);
}

void
modem_drain(struct modem *modem)
{
	modem->is_draining = true;
	event_del(modem->timer);
	modem_end_worker(modem);
}

/* --- the modem itself ----------------------------------------------------- */

static void
on_change(struct fsm *fsm, unsigned from, unsigned to)
{
	struct modem *modem = fsm->user;

	(void)from;
	metric_add(METRIC_MODEM_TRANSITIONS, 1);
	modem->changed_at = clock_wall_ms();
	if (to == MODEM_UNREGISTERED)
		modem_arm(modem, LOOK_MS);
	modem->hooks.on_changed(modem, modem->arg);
}

/* Shows the modem's counters from the start, at 0. */
static void
show_series(const char *name)
{
#define SHOW(ID, word)                                                        \
	series_add(SERIES_MODEM_SEGMENTS, 0, name, word, NULL);
	OUTCOMES(SHOW)
#undef SHOW
	series_add(SERIES_MODEM_REPORTS, 0, name, NULL, NULL);
	histogram_observe(HISTOGRAM_SEND_SECONDS, -1, name);
}

struct modem *
modem_new(struct event_base *base, const struct conf *conf,
    const struct conf_modem *own, const char *worker,
    const struct modem_hooks *hooks, void *arg)
{
	struct modem *modem = xcalloc(1, sizeof(*modem));

	fsm_init(&modem->fsm, "modem", own->name, states,
	    sizeof(states) / sizeof(states[0]), MODEM_DOWN, modem);
	modem->fsm.on_change = on_change;
	modem->base = base;
	modem->conf = conf;
	modem->own = own;
	modem->worker = worker;
	modem->hooks = *hooks;
	modem->arg = arg;
	modem->wait_ms = WAIT_FIRST_MS;
	modem->tries_left = -1;
	modem->changed_at = clock_wall_ms();
	modem_set_reason(modem, HEALTH_NOT_STARTED, NULL);
	modem->journal_wait_ms = DEVICE_POLL_MS;
	modem->has_journal = true;
	modem->journal = xasprintf("%s/%s.journal", conf->gateway.state_dir,
	    own->name);
	modem->pin_memory = xasprintf("%s/pins", conf->gateway.state_dir);
	modem_recall_wish(modem);
	modem->timer = evtimer_new(base, on_timer_cb, modem);
	if (modem->timer == NULL)
		abort();
	modem_arm(modem, 0);
	show_series(own->name);
	return modem;
}

void
modem_free(struct modem *modem)
{
	if (modem == NULL)
		return;
	modem_pin_clear(modem);
	modem_probe_ended(modem, NULL);
	proto_clear(&modem->failure);
	process_free(modem->process);
	event_free(modem->timer);
	proto_clear(&modem->ready);
	proto_clear(&modem->settings);
	proto_clear(&modem->health);
	drop_kept(modem);
	free(modem->journal);
	free(modem->pin_memory);
	free(modem);
}
