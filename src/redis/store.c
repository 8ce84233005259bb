/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns C values into a function's arguments, and reads its answer.
 */
#include <stdio.h>
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

/* So many notices an hour are usual for any agency. With the default factor of
 * 10, 5,000 an hour are let through, more than eight modems can send. */
#define FLOOD_FLOOR 500

/* Counts from the last moment at which a lease's last segment may have
 * ended. */
#define REAP_MS 60000

static void
on_proved(const json_t *reply, const char *error, void *arg)
{
	struct store *store = arg;

	(void)reply;
	redis_probed(store->redis, error);
}

/* May this user do what the functions do, and are the keys ours? If not, the
 * connection sees the error and refuses writes. */
static void
prove(void *arg)
{
	struct store *store = arg;
	const struct prove_args args = {
		.stream = store->conf->intake.stream,
		.group = store->conf->redis.prefix,
		.list = store->conf->intake.list,
	};

	call_probe(store->redis, store->conf, SCRIPT_PROVE,
	    prove_words(&args), on_proved, store);
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

/* Shows the counters that do not exist yet, too, at 0. */
static void
count_pool(const char *pool, const json_t *counts)
{
	for (enum state s = 0; s < STATE_END; s++)
		count_word(pool, counts, state_name(s), state_metric(s));
	/* Queued again: after a refusal or by an operator. */
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
store_run(struct store *store, enum script script, struct call_words args,
    store_done *done, void *arg)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->done = done;
	call->arg = arg;
	call_run(store->redis, store->conf, script, args, on_answer, call);
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
	set_text(record, "secret", change->secret_hash);
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

struct call_message
store_message_args(const struct message *message,
    struct call_variant *variants)
{
	for (size_t i = 0; i < message->n_variants; i++) {
		const struct variant *v = &message->variants[i];

		variants[i] = (struct call_variant){
			.lang = v->lang,
			.accents = v->accents,
			.text = v->text,
			.coding = coding_name(v->coding),
			.segments = v->segments,
		};
	}
	return (struct call_message){
		.phone = message->phone,
		.text = message->text,
		.coding = coding_name(message->coding),
		.segments = message->segments,
		.pool = message->pool,
		.priority = priority_name(message->priority),
		.expires_at = message->expires_at,
		.want = message->want,
		.is_answer = message->is_answer,
		.not_before = message->not_before,
		.lang = message->lang,
		.accents = message->accents,
		.variants = variants,
		.n_variants = message->n_variants,
	};
}

void
store_accept(struct store *store, const struct acceptance *acceptance,
    store_done *done, void *arg)
{
	const struct change *change = acceptance->change;
	json_t *record = record_args(change), *hashes = NULL;
	struct call_variant variants[VARIANTS_MAX];
	struct call_message message;
	const struct call_event event = {
		.dossier = change->dossier,
		.status = situation_name(change->situation),
		.at = change->at,
		.is_dated = change->is_dated,
		.phone = change->phone,
		.agency = change->agency,
		.channel = channel_name(change->channel),
		.record = record,
	};
	struct accept_args args = {
		.id = acceptance->id,
		.key = acceptance->key,
		.key_ttl_ms = acceptance->key_ttl_ms,
		.is_by_content = acceptance->is_by_content,
		.content = acceptance->content,
		.entry = acceptance->entry,
		.stream = store->conf->intake.stream,
		.group = store->conf->redis.prefix,
		.keep = store->conf->intake.keep_events,
		.suppress = acceptance->suppress,
		.flood_factor = store->conf->notices.flood_factor,
		.flood_floor = FLOOD_FLOOR,
		.event = &event,
	};

	if (change->phone[0] != '\0')
		args.hashes = hashes = store_phone_hashes(store,
		    change->phone);
	if (acceptance->message != NULL) {
		message = store_message_args(acceptance->message, variants);
		args.message = &message;
	}
	store_run(store, SCRIPT_ACCEPT, accept_words(&args), done, arg);
	json_decref(hashes);
	json_decref(record);
}

void
store_reject(struct store *store, const char *entry, const char *error,
    const char *field, const char *id4, const char *json, store_done *done,
    void *arg)
{
	const struct reject_args args = {
		.stream = store->conf->intake.stream,
		.group = store->conf->redis.prefix,
		.entry = entry,
		.error = error,
		.field = field,
		.id4 = id4,
		.json = json,
	};

	store_run(store, SCRIPT_REJECT, reject_words(&args), done, arg);
}

void
store_send(struct store *store, const struct message *message,
    store_done *done, void *arg)
{
	struct call_variant variants[VARIANTS_MAX];
	const struct call_message given = store_message_args(message,
	    variants);
	const struct send_args args = {.id = message->id, .message = &given};

	store_run(store, SCRIPT_SEND, send_words(&args), done, arg);
}

/* --- outcomes ------------------------------------------------------------- */

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
store_settle(struct store *store, const struct settle_args *settle,
    store_done *done, void *arg)
{
	struct settle_args args = *settle;

	args.delays = store->conf->retry.delays_ms;
	args.n_delays = store->conf->retry.n_delays;
	args.jitter = jitter(store->conf);
	store_run(store, SCRIPT_SETTLE, settle_words(&args), done, arg);
}

/* 3GPP TS 23.040 §9.2.3.15: delivered (0x00 to 0x1f), still trying (0x20 to
 * 0x3f), given up for good (0x40 to 0x5f) or after trying (0x60 to 0x7f);
 * the rest is reserved and says nothing. */
static const char *
report_class(int64_t tp_status)
{
	if (tp_status < 0x20)
		return "delivered";
	if (tp_status < 0x40 || tp_status >= 0x80)
		return "pending";
	return "undelivered";
}

void
store_report(struct store *store, const struct report_args *report,
    store_done *done, void *arg)
{
	struct report_args args = *report;

	args.class = report_class(report->tp_status);
	store_run(store, SCRIPT_REPORT, report_words(&args), done, arg);
}

void
store_recover(struct store *store, const char *modem, store_done *done,
    void *arg)
{
	const struct recover_args args = {
		.token = store->token,
		.modem = modem,
	};

	store_run(store, SCRIPT_RECOVER, recover_words(&args), done, arg);
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
	struct sweep_result swept;

	sweep_result_read(result, &swept);
	store_count_states(result);
	(void)snprintf(call->store->cursor, sizeof(call->store->cursor), "%s",
	    swept.cursor);
	if (swept.retire != NULL)
		store_retire(call->store, swept.retire);
	answer.has_moved = swept.moved > 0;
	answer.is_scanning = json_is_true(json_object_get(swept.watched,
	    "scanning"));
	answer.is_guessing = json_is_true(json_object_get(swept.watched,
	    "guessing"));
	for (size_t i = 0; i < json_array_size(swept.remind); i++)
		call->remind(json_array_get(swept.remind, i), call->arg);
	call->done(&answer, call->arg);
	free(call);
}

void
store_sweep(struct store *store, bool may_reap, bool is_window_open,
    store_remind *remind, store_done *done, void *arg)
{
	const struct conf *conf = store->conf;
	const struct sweep_args args = {
		.on_unknown = conf->retry.hold_unknown ? "hold" : "resend",
		.stream = conf->intake.stream,
		.group = conf->redis.prefix,
		.keep = conf->intake.keep_events,
		.reap = may_reap,
		.is_window_closed = !is_window_open,
		.grace_ms = conf->retry.send_timeout_ms + REAP_MS,
		.cursor = *store->cursor != '\0' ? store->cursor : "0",
	};
	struct sweep_call *call = xcalloc(1, sizeof(*call));

	call->store = store;
	call->remind = remind;
	call->done = done;
	call->arg = arg;
	call_run(store->redis, conf, SCRIPT_SWEEP, sweep_words(&args),
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
	struct take_result answer;

	free(arg);
	take_result_read(result, &answer);
	if (error == NULL && *answer.trouble != '\0')
		error = answer.trouble;
	call.done((unsigned)answer.taken, error, call.arg);
}

void
store_take(struct store *store, store_taken *done, void *arg)
{
	struct take_call *call = xcalloc(1, sizeof(*call));
	const struct take_args args = {
		.stream = store->conf->intake.stream,
		.list = store->conf->intake.list,
		.count = STORE_TAKE,
	};

	call->done = done;
	call->arg = arg;
	call_run(store->redis, store->conf, SCRIPT_TAKE, take_words(&args),
	    on_taken, call);
}
