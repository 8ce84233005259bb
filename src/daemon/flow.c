/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a message, state by state (message/states.def). The stages do
 * not know each other: each one hands what it has to a hook here, and the hook
 * gives it to the next one.
 *
 *	event -> queued -> sending -> sent -> delivered
 *
 * Redis keeps the state. Each change is one call, which is safe to repeat:
 *
 *	an event arrived	store_accept()	queued
 *	a modem is free		modem_submit()	sending
 *	a result arrived	outbox_settle()	sent, queued, failed, unknown
 *	a report arrived	outbox_report()	delivered, undelivered
 *	a modem starts		outbox_recover()	queued
 *	time passes		store_sweep()	expired, no_report, queued
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "daemon/balance.h"
#include "daemon/flow.h"
#include "daemon/gate.h"
#include "daemon/modems.h"
#include "daemon/question.h"
#include "daemon/state.h"
#include "daemon/strangers.h"
#include "daemon/trouble.h"
#include "daemon/ussd.h"
#include "dispatch/dispatch.h"
#include "dispatch/errors.h"
#include "dispatch/window.h"
#include "intake/event.h"
#include "intake/notice.h"
#include "intake/reader.h"
#include "ipc/proto.h"
#include "modem/modem.h"
#include "outbox/outbox.h"
#include "redis/claim.h"
#include "redis/fault.h"
#include "redis/redis.h"
#include "redis/store.h"

#define ADOPT_EVERY 3	/* sweeps */
#define REMINDER_TTL_MS (INT64_C(30) * 86400 * 1000)

/* --- an event arrived: queued, held, suppressed; or rejected -------------- */

/* An event that Redis has been asked to take. */
struct intake {
	struct daemon *daemon;
	char *entry;
	json_t *fields;
};

static void
tell_accepted(struct daemon *d, const struct store_answer *answer)
{
	metric_add(METRIC_EVENTS_ACCEPTED, 1);
	if (strcmp(answer->reason, "duplicate") == 0)
		metric_add(METRIC_EVENTS_DUPLICATE, 1);
	if (*answer->flood != '\0')
		alarm_set(d->alarms, ALARM_FLOOD, answer->flood, true, NULL);
	if (*answer->pool != '\0')
		dispatch_work(d->dispatch, answer->pool);
}

static void
on_rejected(const struct store_answer *answer, void *arg)
{
	struct daemon *d = arg;

	if (answer->error == NULL)
		metric_add(METRIC_EVENTS_REJECTED, 1);
	reader_done(d->reader, fault_passes(answer->error));
}

static void
reject(struct daemon *d, const char *entry, const json_t *fields,
    const struct event_fault *fault)
{
	char *id4 = event_hide_id4(fields, d->keyhash);
	char *json = event_hide_json(fields);

	log_warning("event_rejected", "entry=%s field=%s error=%s", entry,
	    fault->field, fault->error);
	store_reject(d->store, entry, fault->error, fault->field, id4, json,
	    on_rejected, d);
	free(id4);
	free(json);
}

/* An event that Redis refuses for good goes to the rejected stream. There an
 * operator sees it and can replay it. */
static void
on_accepted(const struct store_answer *answer, void *arg)
{
	static const struct event_fault fault = {
		.error = "redis_error", .field = ""};
	struct intake *intake = arg;
	struct daemon *d = intake->daemon;

	if (answer->error == NULL)
		tell_accepted(d, answer);
	if (answer->error == NULL || fault_passes(answer->error))
		reader_done(d->reader, answer->error != NULL);
	else
		reject(d, intake->entry, intake->fields, &fault);
	json_decref(intake->fields);
	free(intake->entry);
	free(intake);
}

static void
accept(struct daemon *d, const struct acceptance *acceptance,
    const json_t *fields)
{
	struct intake *intake = xcalloc(1, sizeof(*intake));

	intake->daemon = d;
	intake->entry = xstrdup(acceptance->entry);
	intake->fields = json_deep_copy(fields);
	store_accept(d->store, acceptance, on_accepted, intake);
}

static void
on_entry(struct reader *reader, const char *entry, int64_t entry_at,
    const json_t *fields, void *arg)
{
	struct daemon *d = arg;
	struct event_fault fault;
	struct acceptance acceptance = {.entry = entry};
	struct message message;
	struct event event;
	char id[MESSAGE_ID_SIZE], content[MESSAGE_ID_SIZE];

	(void)reader;
	if (event_parse(fields, entry_at, d->conf, d->keyhash, &event,
	    &fault) == -1) {
		reject(d, entry, fields, &fault);
		return;
	}
	message_id_make(event.key, id);
	message_id_make(event.content, content);
	acceptance.id = acceptance.key = id;
	acceptance.content = content;
	acceptance.is_by_content = event.is_by_content;
	acceptance.key_ttl_ms = event.key_ttl_ms;
	acceptance.change = &event.change;
	switch (notice_make(&event, d->conf, d->templates, &message,
	    &fault)) {
	case NOTICE_SEND:
		acceptance.message = &message;
		accept(d, &acceptance, fields);
		break;
	case NOTICE_SUPPRESS:
		acceptance.suppress = fault.error;
		accept(d, &acceptance, fields);
		break;
	case NOTICE_REJECT:
		reject(d, entry, fields, &fault);
		break;
	}
	message_clear(&message);
	event_clear(&event);
}

/* --- a modem is free: queued -> sending ----------------------------------- */

static unsigned
on_credit(const char *name, const char **imsi, void *arg)
{
	const struct modem *modem = modems_find(arg, name);

	*imsi = modem_imsi(modem);
	return modem_credit(modem);
}

static bool
on_lease(const char *name, const struct lease *lease, void *arg)
{
	struct modem *modem = modems_find(arg, name);

	if (modem_credit(modem) == 0)
		return false;
	modem_submit(modem, lease);
	return true;
}

static bool
on_is_idle(const char *name, void *arg)
{
	return modem_in_flight(modems_find(arg, name)) == 0;
}

static bool
on_can_send(const char *name, void *arg)
{
	const struct modem *modem = modems_find(arg, name);

	return modem_can_send(modem) && !modem_is_stuck(modem);
}

/* Redis asks to recover this modem's leases. While texts are in its hands, wait
 * for their outcome. If the worker is gone, its journal is read before the next
 * worker starts, and that recovers the leases. */
static bool
on_lost(const char *name, void *arg)
{
	struct daemon *d = arg;
	const struct modem *modem = modems_find(d, name);

	if (modem_is_gone(modem) || modem_in_flight(modem) > 0)
		return false;
	outbox_recover(d->outbox, name);
	return true;
}

/* A modem that can't send any more: let another one take its texts at once. */
static void
on_changed(struct modem *modem, void *arg)
{
	struct daemon *d = arg;

	if (d->dispatch != NULL && d->gate != NULL && !modem_can_send(modem))
		dispatch_work(d->dispatch, NULL);
}

static void
on_free(struct modem *modem, void *arg)
{
	struct daemon *d = arg;

	dispatch_modem(d->dispatch, modem_name(modem));
}

/* --- a result arrived: sending -> sent, queued, failed, unknown ----------- */

static enum dispatch_end
end_of(const struct proto_result *result, const struct decision *decision)
{
	if (result->outcome == OUTCOME_SENT)
		return DISPATCH_SUCCESS;
	if (result->outcome == OUTCOME_UNKNOWN || decision->blames_modem)
		return DISPATCH_BLAMED;
	return decision->trips_breaker ? DISPATCH_TRIPPED : DISPATCH_NEUTRAL;
}

static void
on_result(struct modem *modem, const struct proto_result *result, void *arg)
{
	struct daemon *d = arg;
	const char *name = modem_name(modem);
	char *others;
	struct decision decision = {.delay_ms = -1};
	struct settle_args settlement = {
		.modem = name,
		.imsi = result->imsi,
		.message = result->message,
		.about = result->about,
		.phone = result->phone,
		.reason = result->reason,
		.seq = result->seq,
		.fence = result->fence,
		.begun_at = result->begun_at,
		.segment = result->segment,
		.outcome = outcome_name((enum outcome)result->outcome),
		.reference = result->reference,
		.reference_kept = result->reference_kept,
		.report = modem_conf(modem)->status_reports,
	};

	/* A text that can't be cut into segments will never be sent: refuse
	 * it. */
	if (result->outcome == OUTCOME_UNSENT &&
	    strcmp(result->reason, "too_long") == 0)
		settlement.outcome = outcome_name(OUTCOME_REFUSED);
	if (strcmp(settlement.outcome, "refused") == 0) {
		error_decide(d->errors, result->code, result->reason,
		    &decision);
		settlement.action = action_name(decision.action);
		settlement.is_number = error_find(d->errors, result->code,
		    result->reason)->blame == BLAME_NUMBER;
	}
	if (!modem_is_replaying(modem) &&
	    result->outcome == OUTCOME_REFUSED)
		balance_suspect(d, modem, result->reason);
	if (!modem_is_replaying(modem))
		dispatch_note(d->dispatch, name, end_of(result, &decision),
		    result->outcome == OUTCOME_REFUSED &&
		    decision.action != ACTION_DONE &&
		    decision.action != ACTION_UNKNOWN ? result->phone : NULL);
	settlement.counts = decision.counts;
	settlement.confirm = decision.confirm;
	settlement.max_tries = decision.max_tries;
	settlement.delay_ms = decision.delay_ms;
	others = dispatch_others(d->dispatch, name);
	settlement.other = others;
	outbox_settle(d->outbox, &settlement);
	free(others);
}

static void
on_settled(const struct store_answer *answer, void *arg)
{
	struct daemon *d = arg;

	if (*answer->pool != '\0')
		dispatch_work(d->dispatch, answer->pool);
}

/* --- a report arrived: sent -> delivered, undelivered --------------------- */

static void
on_report(struct modem *modem, const struct proto_report *report, void *arg)
{
	struct daemon *d = arg;
	char phone[PHONE_SIZE];
	/* Networks write TP-RA as they like: in the form we sent, or in
	 * national form. */
	bool is_known = phone_from_network(d->conf->gateway.country_code,
	    report->phone, phone);
	struct report_args out = {
		.modem = modem_name(modem),
		.imsi = report->imsi,
		.phone = is_known ? phone : report->phone,
		.seq = report->seq,
		.at = report->at,
		.reference = report->reference,
		.tp_status = report->tp_status,
		.sent_at = report->sent_at,
		.discharged_at = report->discharged_at,
	};

	outbox_report(d->outbox, &out);
}

static void
on_reported(const struct store_answer *answer, void *arg)
{
	(void)arg;
	if (strcmp(answer->result, "unmatched") == 0)
		metric_add(METRIC_REPORTS_UNMATCHED, 1);
	else
		metric_add(METRIC_REPORTS_MATCHED, 1);
}

/* --- a modem wants to start: first tell Redis what its journal says ------- */

struct start {
	struct daemon *daemon;
	char *name;
};

static void
on_last_seq(uint64_t seq, const char *error, void *arg)
{
	struct start start = *(struct start *)arg;
	struct modem *modem = modems_find(start.daemon, start.name);

	free(arg);
	free(start.name);
	if (modem == NULL)
		return;
	if (error != NULL)
		modem_postpone(modem);
	else if (modem_replay(modem, seq) == 0)
		outbox_recover(start.daemon->outbox, modem_name(modem));
}

static void
on_wanted(struct modem *modem, void *arg)
{
	struct daemon *d = arg;
	struct start *start;

	if (!gate_may_start_modems(d->gate)) {
		modem_postpone(modem);
		return;
	}
	start = xcalloc(1, sizeof(*start));
	start->daemon = d;
	start->name = xstrdup(modem_name(modem));
	store_last_seq(start->daemon->store, modem_name(modem), on_last_seq,
	    start);
}

static void
on_recovered(const char *name, void *arg)
{
	struct daemon *d = arg;

	struct modem *modem = modems_find(d, name);

	if (dispatch_recovered(d->dispatch, name) || modem == NULL)
		return;
	if (!modem_is_leaving(modem))
		modem_start(modem);
	else if (modem_is_gone(modem))
		modems_forget(d, modem);
}

static void
on_in_hand(struct modem *modem, const char *imsi, const char *message,
    const char *about, uint32_t fence, void *arg)
{
	struct daemon *d = arg;

	gate_in_hand(d->gate, modem_name(modem), imsi, message, about, fence);
}

/* --- time passes: expired, no_report, unknown -> queued ------------------- */

static void
on_reminded(const struct store_answer *answer, void *arg)
{
	struct daemon *d = arg;

	if (answer->error == NULL && *answer->pool != '\0')
		dispatch_work(d->dispatch, answer->pool);
}

/* The office has not collected this result yet: send it once more. */
static void
on_remind(const json_t *record, void *arg)
{
	struct daemon *d = arg;
	struct acceptance acceptance = {.key_ttl_ms = REMINDER_TTL_MS};
	struct message message;
	struct event event;
	struct event_fault why;
	char id[MESSAGE_ID_SIZE];

	if (event_from_record(record, &event) == -1)
		return;
	message_id_make(event.key, id);
	acceptance.id = acceptance.key = id;
	acceptance.change = &event.change;
	acceptance.message = &message;
	if (notice_make(&event, d->conf, d->templates, &message, &why) ==
	    NOTICE_SEND)
		store_accept(d->store, &acceptance, on_reminded, d);
	message_clear(&message);
	event_clear(&event);
}

static void
on_swept(const struct store_answer *answer, void *arg)
{
	struct daemon *d = arg;

	if (answer->error != NULL)
		return;
	if (answer->has_moved)
		dispatch_work(d->dispatch, NULL);
	else
		dispatch_look(d->dispatch);
	question_calm(d, answer->is_scanning, answer->is_guessing);
}

static void
on_adopted(unsigned n, const char *error, void *arg)
{
	struct daemon *d = arg;

	(void)error;
	if (n == 0)
		return;
	log_warning("adopted", "entries=%u text=\"a gateway that is gone had "
	    "taken them from the stream\"", n);
	reader_look_back(d->reader);
}

void
flow_sweep(struct daemon *d)
{
	if (!redis_is_writable(d->redis))
		return;
	outbox_resend(d->outbox);
	if (!gate_is_open(d->gate))
		return;
	store_prove(d->store);
	question_sweep(d);
	strangers_sweep(d);
	if (++d->sweeps % ADOPT_EVERY == 1)
		store_adopt(d->store, on_adopted, d);
	store_sweep(d->store, outbox_open(d->outbox) == 0,
	    window_is_open(d->conf->notices.window_from,
	    d->conf->notices.window_to, clock_wall_ms()), on_remind,
	    on_swept, d);
}

const struct reader_hooks flow_reader_hooks = {
	.on_entry = on_entry,
};
const struct dispatch_hooks flow_dispatch_hooks = {
	.credit = on_credit,
	.is_idle = on_is_idle,
	.can_send = on_can_send,
	.on_lease = on_lease,
	.on_lost = on_lost,
	.on_refusals = trouble_refusals,
	.on_breaker = trouble_breaker,
};
const struct modem_hooks flow_modem_hooks = {
	.on_wanted = on_wanted,
	.on_free = on_free,
	.on_result = on_result,
	.on_report = on_report,
	.on_incoming = question_text,
	.on_rang = question_call,
	.on_unreadable = question_unreadable,
	.on_ussd = ussd_heard,
	.on_journal = trouble_journal,
	.on_lacks = trouble_lacks,
	.on_changed = on_changed,
	.on_in_hand = on_in_hand,
};
const struct outbox_hooks flow_outbox_hooks = {
	.on_settled = on_settled,
	.on_reported = on_reported,
	.on_heard = question_heard,
	.on_recovered = on_recovered,
};
