/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * C values to a script's arguments, and its answer back.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/util.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/series.h"
#include "conf/conf.h"
#include "message/message.h"
#include "message/states.h"
#include "redis/inside.h"
#include "redis/library.h"
#include "redis/script.h"
#include "redis/store.h"
#include "text/segment.h"

/* Notices an hour that are nothing unusual for any agency: with the default
 * factor of 10, 5,000 an hour are let through, more than eight modems can
 * send. */
#define FLOOD_FLOOR 500

/* From the last moment at which a lease's last segment may have ended. */
#define REAP_MS 60000

static void
on_proved(const json_t *reply, const char *error, void *arg)
{
	struct store *store = arg;

	(void)reply;
	redis_probed(store->redis, error);
}

/* May this user do what the functions do, and are the keys ours? An error of
 * that kind is seen by the connection, which refuses writes then. */
static void
prove(void *arg)
{
	struct store *store = arg;
	json_t *args = json_pack("{ss ss}", "stream",
	    store->conf->intake.stream, "group", store->conf->redis.prefix);

	if (*store->conf->intake.list != '\0')
		json_object_set_new(args, "list",
		    json_string(store->conf->intake.list));
	script_probe(store->redis, store->conf, SCRIPT_PROVE, args, on_proved,
	    store);
}

void
store_prove(struct store *store)
{
	prove(store);
}

struct store *
store_new(struct redis *redis, const struct conf *conf,
    const struct keyhash *keyhash)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->redis = redis;
	store->conf = conf;
	store->keyhash = keyhash;
	redis_set_probe(redis, prove, store);
	return store;
}

void
store_prepare(struct store *store)
{
	library_load(store->redis);
	store->has_cleaned = false;
	prove(store);
}

void
store_free(struct store *store)
{
	free(store);
}

/* --- the simple answer: a word, a message, a pool ------------------------ */

struct call {
	store_done *done;
	void *arg;
};

const char *
store_word(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

static void
count_word(const char *pool, const json_t *counts, const char *word,
    enum metric metric)
{
	json_int_t n = json_integer_value(json_object_get(counts, word));

	metric_add(metric, n);
	series_add(SERIES_MESSAGES, n, pool, word, NULL);
}

/* Shows what is not there yet at 0, too. */
static void
count_pool(const char *pool, const json_t *counts)
{
	for (enum state s = 0; s < STATE_END; s++)
		count_word(pool, counts, state_name(s), state_metric(s));
	/* Queued again, after a refusal or once more. */
	count_word(pool, counts, "retried", METRIC_RETRIED);
	count_word(pool, counts, "resent", METRIC_RESENT);
}

void
store_show_pool(const char *pool)
{
	count_pool(pool, NULL);
	histogram_observe(HISTOGRAM_QUEUE_SECONDS, -1, pool);
}

void
store_count_states(const json_t *result)
{
	json_t *states = json_object_get(result, "states"), *counts;
	const char *pool;

	json_object_foreach(states, pool, counts)
		count_pool(pool, counts);
}

static void
on_answer(const json_t *result, const char *error, void *arg)
{
	struct call *call = arg;
	struct store_answer answer = {
		.result = result != NULL ? store_word(result, "result") : NULL,
		.message = store_word(result, "message"),
		.pool = store_word(result, "pool"),
		.reason = store_word(result, "reason"),
		.flood = json_is_true(json_object_get(result, "flood"))
		    ? store_word(result, "agency") : "",
		.is_cut = json_is_true(json_object_get(result, "is_cut")),
		.error = error,
	};

	store_count_states(result);
	if (call->done != NULL)
		call->done(&answer, call->arg);
	free(call);
}

void
store_run(struct store *store, enum script script, json_t *args,
    store_done *done, void *arg)
{
	struct call *call = xcalloc(1, sizeof(*call));

	if (args == NULL)
		abort();	/* json_pack: a mistake of ours */
	call->done = done;
	call->arg = arg;
	script_run(store->redis, store->conf, script, args, on_answer, call);
}

static void
set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		json_object_set_new(object, name, json_string(value));
}

/* --- intake --------------------------------------------------------------- */

static json_t *
record_args(const struct change *change)
{
	json_t *record = json_object();

	set_text(record, "agency", change->agency);
	set_text(record, "phone", change->phone);
	set_text(record, "channel", channel_name(change->channel));
	set_text(record, "collect_at", change->collect_at);
	set_text(record, "due", change->due);
	set_text(record, "fee", change->fee);
	set_text(record, "parcel", change->parcel);
	set_text(record, "lang", change->lang);
	set_text(record, "id4", change->id4_hash);
	if (change->accents != -1)
		json_object_set_new(record, "accents",
		    json_integer(change->accents));
	if (situation_has(change->situation, SITUATION_KEEPS_STATUS))
		json_object_set_new(record, "late_at",
		    json_integer(change->at));
	else
		set_text(record, "status", situation_name(change->situation));
	return record;
}

static json_t *
variant_args(const struct message *message)
{
	json_t *list = json_array();

	for (size_t i = 0; i < message->n_variants; i++) {
		const struct variant *v = &message->variants[i];

		json_array_append_new(list, json_pack("{ss si ss ss si}",
		    "lang", v->lang, "accents", v->accents, "text", v->text,
		    "coding", coding_name(v->coding), "segments",
		    (int)v->segments));
	}
	return list;
}

json_t *
store_message_args(const struct message *message)
{
	json_t *args = json_pack("{ss ss ss si ss ss sI}",
	    "phone", message->phone, "text", message->text,
	    "coding", coding_name(message->coding),
	    "segments", (int)message->segments, "pool", message->pool,
	    "priority", priority_name(message->priority),
	    "expires_at", (json_int_t)message->expires_at);

	set_text(args, "want", message->want);
	if (message->is_answer)
		json_object_set_new(args, "is_answer", json_integer(1));
	if (message->n_variants > 0) {
		set_text(args, "lang", message->lang);
		json_object_set_new(args, "accents",
		    json_integer(message->accents));
		json_object_set_new(args, "variants",
		    variant_args(message));
	}
	if (message->not_before != 0)
		json_object_set_new(args, "not_before",
		    json_integer(message->not_before));
	return args;
}

void
store_accept(struct store *store, const struct acceptance *acceptance,
    store_done *done, void *arg)
{
	const struct change *change = acceptance->change;
	json_t *args;

	args = json_pack("{ss ss sb sI sI ss ss sb sI sI"
	    " s{ss ss sI sb ss ss ss so}}",
	    "id", acceptance->id, "key", acceptance->key,
	    "is_by_content", acceptance->is_by_content,
	    "key_ttl_ms", (json_int_t)acceptance->key_ttl_ms,
	    "unknown_wait_ms",
	    (json_int_t)store->conf->retry.unknown_wait_ms,
	    "stream", store->conf->intake.stream,
	    "group", store->conf->redis.prefix,
	    "keep", store->conf->intake.keep_events, "flood_factor",
	    (json_int_t)store->conf->notices.flood_factor,
	    "flood_floor", (json_int_t)FLOOD_FLOOR, "event",
	    "dossier", change->dossier,
	    "status", situation_name(change->situation),
	    "at", (json_int_t)change->at, "is_dated", change->is_dated,
	    "phone", change->phone,
	    "agency", change->agency != NULL ? change->agency : "",
	    "channel", channel_name(change->channel),
	    "record", record_args(change));
	set_text(args, "entry", acceptance->entry);
	set_text(args, "content", acceptance->content);
	set_text(args, "suppress", acceptance->suppress);
	if (change->phone[0] != '\0')
		json_object_set_new(args, "hashes",
		    store_phone_hashes(store, change->phone));
	if (acceptance->message != NULL)
		json_object_set_new(args, "message",
		    store_message_args(acceptance->message));
	store_run(store, SCRIPT_ACCEPT, args, done, arg);
}

void
store_reject(struct store *store, const char *entry, const char *error,
    const char *field, const char *id4, const char *json, store_done *done,
    void *arg)
{
	json_t *args = json_pack("{ss ss ss ss ss}",
	    "stream", store->conf->intake.stream,
	    "group", store->conf->redis.prefix, "entry", entry,
	    "error", error, "field", field);

	set_text(args, "id4", id4);
	set_text(args, "json", json);
	store_run(store, SCRIPT_REJECT, args, done, arg);
}

void
store_send(struct store *store, const struct message *message,
    store_done *done, void *arg)
{
	store_run(store, SCRIPT_SEND, json_pack("{ss so}", "id", message->id,
	    "message", store_message_args(message)), done, arg);
}

/* --- outcomes ------------------------------------------------------------- */

static json_t *
delay_args(const struct conf *conf)
{
	json_t *delays = json_array();

	for (size_t i = 0; i < conf->retry.n_delays; i++)
		json_array_append_new(delays,
		    json_integer(conf->retry.delays_ms[i]));
	return delays;
}

/* A factor of 1, give or take retry.jitter percent. */
static double
jitter(const struct conf *conf)
{
	uint32_t random;

	evutil_secure_rng_get_bytes(&random, sizeof(random));
	return 1 + (double)conf->retry.jitter / 100 *
	    ((double)random / UINT32_MAX * 2 - 1);
}

void
store_settle(struct store *store, const struct settlement *s,
    store_done *done, void *arg)
{
	store_run(store, SCRIPT_SETTLE,
	    json_pack("{ss ss ss ss ss ss sI sI si si ss si sb sb so sf sI sI"
	    " ss sb sb sb si sI ss sI}",
	    "modem", s->modem, "imsi", s->imsi, "message", s->message,
	    "about", s->about != NULL ? s->about : "",
	    "phone", s->phone, "reason", s->reason,
	    "seq", (json_int_t)s->seq, "after", (json_int_t)s->after,
	    "fence", (int)s->fence,
	    "segment", (int)s->segment, "outcome", s->outcome,
	    "reference", (int)s->reference,
	    "reference_kept", s->reference_kept,
	    "report", s->wants_report,
	    "delays", delay_args(store->conf),
	    "jitter", jitter(store->conf), "unknown_wait_ms",
	    (json_int_t)store->conf->retry.unknown_wait_ms,
	    "remind_after_ms",
	    (json_int_t)store->conf->notices.remind_after_ms,
	    "action", s->action != NULL ? s->action : "",
	    "counts", s->counts, "confirm", s->confirm,
	    "is_number", s->is_number, "max_tries", (int)s->max_tries,
	    "delay_ms", (json_int_t)s->delay_ms,
	    "other", s->other != NULL ? s->other : "",
	    "begun_at", (json_int_t)s->begun_at), done, arg);
}

/* 3GPP TS 23.040 §9.2.3.15: delivered (0x00 to 0x1f), still trying (0x20 to
 * 0x3f), given up for good (0x40 to 0x5f) or after trying (0x60 to 0x7f);
 * the rest is reserved and says nothing. */
static const char *
report_class(uint32_t tp_status)
{
	if (tp_status < 0x20)
		return "delivered";
	if (tp_status < 0x40 || tp_status >= 0x80)
		return "pending";
	return "undelivered";
}

void
store_report(struct store *store, const struct report *report,
    store_done *done, void *arg)
{
	store_run(store, SCRIPT_REPORT, json_pack(
	    "{ss ss ss sI sI sI si ss si sI sI}",
	    "modem", report->modem, "imsi", report->imsi,
	    "phone", report->phone, "seq", (json_int_t)report->seq,
	    "after", (json_int_t)report->after, "at", (json_int_t)report->at,
	    "reference", (int)report->reference,
	    "class", report_class(report->tp_status),
	    "tp_status", (int)report->tp_status,
	    "sent_at", (json_int_t)report->sent_at, "discharged_at",
	    (json_int_t)report->discharged_at), done, arg);
}

void
store_recover(struct store *store, const char *modem, store_done *done,
    void *arg)
{
	store_run(store, SCRIPT_RECOVER, json_pack("{ss ss}", "modem", modem,
	    "token", store->token), done, arg);
}

struct sweep_call {
	struct store *store;
	store_remind *remind;
	store_done *done;
	void *arg;
};

static void
on_swept(const json_t *result, const char *error, void *arg)
{
	struct sweep_call *call = arg;
	struct store_answer answer = {.error = error, .result = ""};
	const json_t *due = json_object_get(result, "remind");
	const json_t *watched = json_object_get(result, "watched");

	store_count_states(result);
	if (json_object_get(result, "retire") != NULL)
		store_retire(call->store, json_object_get(result, "retire"));
	answer.is_scanning = json_is_true(json_object_get(watched,
	    "scanning"));
	answer.is_guessing = json_is_true(json_object_get(watched,
	    "guessing"));
	for (size_t i = 0; i < json_array_size(due); i++)
		call->remind(json_array_get(due, i), call->arg);
	call->done(&answer, call->arg);
	free(call);
}

void
store_sweep(struct store *store, bool may_reap, bool is_window_open,
    store_remind *remind, store_done *done, void *arg)
{
	const struct conf *conf = store->conf;
	struct sweep_call *call = xcalloc(1, sizeof(*call));

	call->store = store;
	call->remind = remind;
	call->done = done;
	call->arg = arg;
	script_run(store->redis, conf, SCRIPT_SWEEP,
	    json_pack("{ss ss ss sb sb sb sI sI sI}",
	    "stream", conf->intake.stream,
	    "group", conf->redis.prefix, "on_unknown",
	    conf->retry.hold_unknown ? "hold" : "resend",
	    "keep", conf->intake.keep_events, "reap", may_reap,
	    "is_window_closed", !is_window_open, "grace_ms",
	    (json_int_t)(conf->retry.send_timeout_ms + REAP_MS),
	    "unknown_wait_ms", (json_int_t)conf->retry.unknown_wait_ms,
	    "dossiers_ms", (json_int_t)conf->privacy.dossiers_ms),
	    on_swept, call);
}

struct seq_call {
	store_seq *done;
	void *arg;
};

static void
on_seq(const json_t *reply, const char *error, void *arg)
{
	struct seq_call *call = arg;
	const char *text = json_string_value(reply);

	call->done(text != NULL ? strtoull(text, NULL, 10) : 0, error,
	    call->arg);
	free(call);
}

void
store_last_seq(struct store *store, const char *modem, store_seq *done,
    void *arg)
{
	struct seq_call *call = xcalloc(1, sizeof(*call));
	char *hash = xasprintf("~gateway:%s", store->conf->gateway.name);
	char *field = xasprintf("seq:%s", modem);

	call->done = done;
	call->arg = arg;
	redis_queryl(store->redis, on_seq, call, "HGET", hash, field,
	    (char *)NULL);
	free(hash);
	free(field);
}

/* --- take ----------------------------------------------------------------- */

struct take_call {
	store_taken *done;
	void *arg;
};

static void
on_taken(const json_t *result, const char *error, void *arg)
{
	struct take_call call = *(struct take_call *)arg;

	free(arg);
	if (error == NULL)
		error = json_string_value(json_object_get(result, "trouble"));
	call.done((uint32_t)json_integer_value(
	    json_object_get(result, "taken")), error, call.arg);
}

void
store_take(struct store *store, store_taken *done, void *arg)
{
	struct take_call *call = xcalloc(1, sizeof(*call));

	call->done = done;
	call->arg = arg;
	script_run(store->redis, store->conf, SCRIPT_TAKE,
	    json_pack("{ss ss si}", "stream", store->conf->intake.stream,
	    "list", store->conf->intake.list, "count", STORE_TAKE), on_taken,
	    call);
}
