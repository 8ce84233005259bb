/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Handles each frame of the worker and derives the modem's state from it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/series.h"
#include "conf/conf.h"
#include "modem/inside.h"

#define WAIT_FIRST_MS 100
#define RESTARTS_MS   120000

static bool
is_registered(const struct modem *modem)
{
	const char *word;

	if (modem->health.type != PROTO_TYPE_HEALTH)
		return false;
	word = modem->health.health.registration;
	return strcmp(word, "home") == 0 || strcmp(word, "roaming") == 0;
}

/* Why the modem is not registered. */
static enum health_reason
network_reason(const struct modem *modem)
{
	const char *word = modem->health.health.registration;

	if (strcmp(word, "searching") == 0)
		return HEALTH_SEARCHING;
	return strcmp(word, "denied") == 0 ? HEALTH_REFUSED_BY_NETWORK
	    : HEALTH_NO_NETWORK;
}

/* Once the worker is ready: goes to the state that fits what is known now. */
static void
update_state(struct modem *modem)
{
	enum modem_state want;

	if (modem->ready.type != PROTO_TYPE_READY ||
	    modem->health.type != PROTO_TYPE_HEALTH)
		return;
	if (modem->is_degraded) {
		want = MODEM_DEGRADED;
	} else if (!is_registered(modem)) {
		modem_set_reason(modem, network_reason(modem), NULL);
		want = MODEM_UNREGISTERED;
	} else {
		want = modem->n_flights > 0 ? MODEM_BUSY : MODEM_READY;
		ladder_well(&modem->ladder);
	}
	modem_go(modem, want);
	if (modem_credit(modem) > 0)
		modem->hooks.on_free(modem, modem->arg);
}

/* Keeps the message in *slot, so that its strings stay valid. */
static void
keep_message(struct proto *slot, struct proto *message)
{
	proto_clear(slot);
	*slot = *message;
	memset(message, 0, sizeof(*message));
}

static void
hear_hello(struct modem *modem, const struct proto_hello *hello)
{
	if (hello->version != PROTO_VERSION)
		process_kill(modem->process, "speaking another version: "
		    "baotind and baotin-modem are not of one release");
}

/* A long call may have kept other work away from this modem. */
static void
hear_calling(struct modem *modem, const struct proto_calling *calling)
{
	bool was_stuck = modem_is_stuck(modem);

	process_expect(modem->process, calling->call, calling->deadline_ms);
	modem->call_since_ms = calling->deadline_ms > 0 ? clock_mono_ms() : 0;
	if (was_stuck)
		update_state(modem);
}

static void
hear_locked(struct modem *modem, const struct proto_locked *locked)
{
	enum health_reason reason = health_find(locked->reason);
	char tries[16] = "?";

	if (health_row(reason)->state != MODEM_LOCKED) {
		process_kill(modem->process, "a lock that is none");
		return;
	}
	modem->tries_left = locked->tries_left;
	if (locked->tries_left >= 0)
		(void)snprintf(tries, sizeof(tries), "%d",
		    locked->tries_left);
	/* Log it once only: the worker reports it again every half minute. */
	if (modem_state(modem) != MODEM_LOCKED || modem->reason != reason)
		log_error("modem_locked", "modem=%s reason=%s tries_left=%d "
		    "iccid=%s", modem->own->name, locked->reason,
		    locked->tries_left, locked->iccid);
	process_expect(modem->process, "", 0);
	modem_set_reason(modem, reason, modem->said_detail[0] != '\0'
	    ? modem->said_detail : tries);
	modem_go(modem, MODEM_LOCKED);
}

static void
hear_ready(struct modem *modem, struct proto *message)
{
	const struct proto_ready *ready = &message->ready;

	log_info("modem_ready", "modem=%s imei=%s imsi=%s model=\"%s %s\" "
	    "smsc=%s", modem->own->name, ready->imei, ready->imsi,
	    ready->manufacturer, ready->model, ready->smsc);
	/* A modem that keeps restarting gets longer and longer waits between
	 * set-ups. */
	if (modem->restarted_at == 0 ||
	    clock_mono_ms() - modem->restarted_at > RESTARTS_MS)
		modem->wait_ms = WAIT_FIRST_MS;
	keep_message(&modem->ready, message);
	modem_meet_sim(modem);
	modem_pin_ended(modem, true);
}

static struct flight *
flight_find(struct modem *modem, const struct proto_result *result)
{
	for (unsigned i = 0; i < modem->n_flights; i++)
		if (modem->flights[i].fence == result->fence &&
		    strcmp(modem->flights[i].message, result->message) == 0)
			return &modem->flights[i];
	return NULL;
}

static void
flight_end(struct modem *modem, struct flight *flight)
{
	unsigned at = (unsigned)(flight - modem->flights);

	modem->n_flights--;
	memmove(flight, flight + 1,
	    (modem->n_flights - at) * sizeof(*flight));
}

/* "cms_38" counts as a number of its family; "no_prompt" counts as a word. */
static void
count_error(const char *name, const char *reason)
{
	const char *code = strchr(reason, '_');

	if (code != NULL && strncmp(reason, "cms_", 4) == 0 &&
	    code[1 + strspn(code + 1, "0123456789")] == '\0')
		series_add(SERIES_MODEM_ERRORS, 1, name, "cms", code + 1);
	else
		series_add(SERIES_MODEM_ERRORS, 1, name, "word", reason);
}

static void
count_result(struct modem *modem, const struct proto_result *result)
{
	enum outcome outcome = (enum outcome)result->outcome;

	series_add(SERIES_MODEM_SEGMENTS, 1, modem->own->name,
	    outcome_name(outcome), NULL);
	if (outcome == OUTCOME_SENT)
		histogram_observe(HISTOGRAM_SEND_SECONDS,
		    (double)(result->at - result->begun_at) / 1000,
		    modem->own->name);
	if (outcome == OUTCOME_REFUSED)
		count_error(modem->own->name, result->reason);
	switch (outcome) {
	case OUTCOME_SENT:
		modem->sent++;
		metric_add(METRIC_SEGMENTS_SENT, 1);
		modem->last_sent_at = result->at;
		break;
	case OUTCOME_REFUSED:
		modem->refused++;
		(void)snprintf(modem->last_refusal,
		    sizeof(modem->last_refusal), "%s", result->reason);
		metric_add(METRIC_SEGMENTS_REFUSED, 1);
		break;
	case OUTCOME_UNKNOWN:
		modem->unknown++;
		metric_add(METRIC_SEGMENTS_UNKNOWN, 1);
		break;
	case OUTCOME_UNSENT:
		break;
	}
}

static void
note_work(struct modem *modem, const struct proto_result *result)
{
	uint32_t phone = work_hash(result->phone);

	if (result->outcome == OUTCOME_SENT) {
		work_taken(&modem->work, phone, modem->own->status_reports,
		    result->at);
		modem_sim_works(modem);
	} else if (result->outcome == OUTCOME_REFUSED) {
		work_refused(&modem->work, phone, result->at);
	}
}

/* An incoming text shows that receiving works. */
static void
note_received(struct modem *modem, bool is_report)
{
	unsigned before = modem->work.reports;

	if (!is_report) {
		work_received(&modem->work, clock_wall_ms());
		return;
	}
	work_reported(&modem->work, clock_wall_ms());
	if (before < WORK_REPORTS && modem->work.reports == WORK_REPORTS)
		modem_sim_reports(modem);
}

static void
hear_result(struct modem *modem, const struct proto_result *result)
{
	struct flight *flight = flight_find(modem, result);

	if (flight == NULL || result->segment < 1 ||
	    result->segment > flight->segments ||
	    result->outcome > OUTCOME_UNSENT) {
		process_kill(modem->process,
		    "a result for what it was not given");
		return;
	}
	count_result(modem, result);
	note_work(modem, result);
	if (flight == modem->flights)
		modem->front_since_ms = clock_mono_ms();
	if (result->outcome == OUTCOME_SENT)
		flight->done |= UINT32_C(1) << (result->segment - 1);
	if (result->outcome != OUTCOME_SENT ||
	    flight->done == (UINT32_C(1) << flight->segments) - 1)
		flight_end(modem, flight);
	modem->hooks.on_result(modem, result, modem->arg);
	update_state(modem);
}

static void
hear_journal(struct modem *modem, const struct proto_journal *journal)
{
	modem->is_degraded = !journal->is_well;
	if (!journal->is_well)
		modem_set_reason(modem, HEALTH_JOURNAL_FULL,
		    journal->trouble);
	modem->hooks.on_journal(modem, journal->is_well, journal->trouble,
	    modem->arg);
	update_state(modem);
}

/* A PIN is tried only when the try can be recorded first. */
static void
hear_bye(struct modem *modem, const struct proto_bye *bye)
{
	enum health_reason reason = health_find(bye->reason);

	modem->has_said_bye = true;
	/* LOCKED has given the reason already; "shutdown" needs none. */
	if (strcmp(bye->reason, "locked") != 0)
		modem_set_reason(modem, reason == HEALTH_WELL
		    ? HEALTH_NOT_STARTED : reason, modem->said_detail);
	if (strcmp(bye->reason, "restarted") == 0)
		modem->restarted_at = clock_mono_ms();
	if (strcmp(bye->reason, "pin_memory") == 0)
		modem->hooks.on_journal(modem, false, modem->pin_memory,
		    modem->arg);
}

static void
note_seq(struct modem *modem, uint64_t seq)
{
	if (seq > modem->heard_seq)
		modem->heard_seq = seq;
}

void
modem_hear(struct modem *modem, struct proto *message)
{
	switch (message->type) {
	case PROTO_TYPE_HELLO:
		hear_hello(modem, &message->hello);
		break;
	case PROTO_TYPE_CALLING:
		hear_calling(modem, &message->calling);
		break;
	case PROTO_TYPE_DETAIL:
		(void)snprintf(modem->said_detail,
		    sizeof(modem->said_detail), "%s", message->detail.text);
		break;
	case PROTO_TYPE_LOCKED:
		hear_locked(modem, &message->locked);
		break;
	case PROTO_TYPE_READY:
		hear_ready(modem, message);
		update_state(modem);
		break;
	case PROTO_TYPE_SETTINGS:
		keep_message(&modem->settings, message);
		modem->hooks.on_lacks(modem, modem->settings.settings.lacks,
		    modem->arg);
		break;
	case PROTO_TYPE_HEALTH:
		keep_message(&modem->health, message);
		update_state(modem);
		break;
	case PROTO_TYPE_JOURNAL:
		hear_journal(modem, &message->journal);
		break;
	case PROTO_TYPE_RESULT:
		note_seq(modem, message->result.seq);
		hear_result(modem, &message->result);
		break;
	case PROTO_TYPE_REPORT:
		note_received(modem, true);
		modem->reports++;
		series_add(SERIES_MODEM_REPORTS, 1, modem->own->name, NULL,
		    NULL);
		note_seq(modem, message->report.seq);
		modem->hooks.on_report(modem, &message->report, modem->arg);
		break;
	case PROTO_TYPE_INCOMING:
		note_received(modem, false);
		note_seq(modem, message->incoming.seq);
		modem->hooks.on_incoming(modem, &message->incoming,
		    modem->arg);
		break;
	case PROTO_TYPE_RANG:
		note_received(modem, false);
		note_seq(modem, message->rang.seq);
		modem->hooks.on_rang(modem, &message->rang, modem->arg);
		break;
	case PROTO_TYPE_UNREADABLE:
		note_seq(modem, message->unreadable.seq);
		modem->hooks.on_unreadable(modem, &message->unreadable,
		    modem->arg);
		break;
	case PROTO_TYPE_USSD:
		modem->hooks.on_ussd(modem, &message->ussd, modem->arg);
		break;
	case PROTO_TYPE_DIALOGUE:
		keep_message(&modem->failure, message);
		break;
	case PROTO_TYPE_PROBED:
		modem_probe_ended(modem, message->probed.lines);
		break;
	case PROTO_TYPE_BYE:
		hear_bye(modem, &message->bye);
		break;
	case PROTO_NONE:
	case PROTO_TYPE_CONFIG:
	case PROTO_TYPE_SUBMIT:
	case PROTO_TYPE_QUERY:
	case PROTO_TYPE_PROBE:
	case PROTO_TYPE_DIAL:
	case PROTO_TYPE_SHUTDOWN:
	case PROTO_TYPE_INTENT:
	case PROTO_TYPE_COMPACT:
	case PROTO_TYPE_END:
		process_kill(modem->process, "saying what only we may say");
		break;
	}
}
