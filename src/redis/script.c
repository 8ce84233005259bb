/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls the library's functions by FCALL, and sends the library first to a
 * server that lacks it. Short calls (calls.def: joins) of one turn of the event
 * loop go in one FCALL: then Redis checks rights and keys, and syncs its file,
 * once for all of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/when.h"
#include "conf/conf.h"
#include "redis/common.h"
#include "redis/connection.h"
#include "redis/fault.h"
#include "redis/library.h"
#include "redis/script.h"

static const struct {
	const char *name;
	bool writes, joins;
} calls[] = {
#define reads  false, false
#define writes true, false
#define proves true, false
#define joins  true, true
#define ROW(NAME, name, right) {#name, right},
	CALLS(ROW)
#undef ROW
#undef joins
#undef proves
#undef writes
#undef reads
};

/* One FCALL. */
struct call {
	struct redis *redis;
	const char *name;	/* of the function */
	bool writes;
	bool is_again;		/* the library was sent for this call */
	bool is_probe;		/* asked also while writes are refused */
	struct call_words words;	/* of the command, from the prefix on */
	redis_reply *done;
	void *arg;
};

const char *
script_name(enum script script)
{
	return calls[script].name;
}

static void send_call(struct call *);

/* A missing right of the Redis user is no fault of the function. Rights are
 * checked before anything is written (guard.lua); the server checks that of
 * FCALL itself.
 */
static void
look_at_error(struct redis *redis, const char *name, bool writes,
    const char *error)
{
	if (strncmp(error, "NOPERM", 6) == 0) {
		redis_refuse(redis, error);
	} else if (!fault_passes(error)) {
		log_error("script_failed", "script=%s error=\"%s\"", name,
		    error);
		if (writes)
			redis_tell_fault(redis, "script_failed", name, error);
	}
}

static void
on_reply(const json_t *reply, const char *error, void *arg)
{
	struct call *call = arg;

	if (error != NULL && !call->is_again &&
	    strcmp(error, FAULT_NO_FUNCTION) == 0) {
		call->is_again = true;
		library_load(call->redis);
		send_call(call);
		return;
	}
	if (error != NULL)
		look_at_error(call->redis, call->name, call->writes, error);
	call->done(reply, error, call->arg);
	words_clear(&call->words);
	free(call);
}

static void
send_call(struct call *call)
{
	char function[64];
	size_t n = call->words.n + 3;
	const char **words = xcalloc(n, sizeof(*words));

	(void)snprintf(function, sizeof(function), "%s_%s", library_name(),
	    call->name);
	words[0] = "FCALL";
	words[1] = function;
	words[2] = "0";
	words_list(&call->words, words + 3);
	redis_call(call->redis, on_reply, call,
	    call->writes && !call->is_probe, n, words);
	free(words);
}

/* Puts the words in front that all calls have. */
static struct call *
new_call(struct redis *redis, const struct conf *conf, const char *name,
    bool writes, redis_reply *done, void *arg)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->redis = redis;
	call->name = name;
	call->writes = writes;
	call->done = done;
	call->arg = arg;
	call_common_put(&call->words, redis_prefix(redis), conf);
	return call;
}

void
call_raw(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words args, redis_reply *done, void *arg)
{
	struct call *call = new_call(redis, conf, script_name(script),
	    calls[script].writes, done, arg);

	words_append(&call->words, &args);
	send_call(call);
}

void
call_probe(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words args, redis_reply *done, void *arg)
{
	struct call *call = new_call(redis, conf, script_name(script),
	    calls[script].writes, done, arg);

	words_append(&call->words, &args);
	call->is_probe = true;
	send_call(call);
}

struct run {
	struct redis *redis;
	const struct conf *conf;
	enum script script;
	struct call_words args;	/* until it is sent for good */
	script_done *done;
	void *arg;
};

/* Another program's value was in the place of one of our keys. */
static void
look_at_result(const struct run *run, const json_t *result)
{
	const char *family = json_string_value(json_object_get(result,
	    "misplaced"));
	char text[240];

	if (family == NULL)
		return;
	(void)snprintf(text, sizeof(text), "a key %s:%s:... held another "
	    "program's value: it was renamed to %s:misplaced:%s:...; find "
	    "the program that writes there", redis_prefix(run->redis), family,
	    redis_prefix(run->redis), family);
	log_error("key_misplaced", "script=%s family=%s text=\"%s\"",
	    script_name(run->script), family, text);
	redis_tell_fault(run->redis, "key_misplaced", family, text);
}

/* The library refused a transition that states.def does not have. It left the
 * message as it was. */
static void
look_at_refused(const struct run *run, const json_t *result)
{
	const json_t *row;
	char text[200];
	size_t i;

	json_array_foreach(json_object_get(result, "refused"), i, row) {
		const char *message = json_string_value(json_array_get(row, 0));
		const char *from = json_string_value(json_array_get(row, 1));
		const char *to = json_string_value(json_array_get(row, 2));

		log_error("transition_refused", "script=%s message=%s from=%s "
		    "to=%s", script_name(run->script), message, from, to);
		metric_add(METRIC_TRANSITIONS_REFUSED, 1);
		(void)snprintf(text, sizeof(text), "a message that is %s was "
		    "not made %s: this is a mistake in baotin, please report "
		    "it; see the log for the message", from, to);
		redis_tell_fault(run->redis, "transition_refused",
		    script_name(run->script), text);
	}
}

static const char *
or_dash(const char *word)
{
	return word != NULL && *word != '\0' ? word : "-";
}

/* "-" for a part of a message's time that did not exist. */
static const char *
span_text(const json_t *value, char buffer[24])
{
	if (!json_is_integer(value))
		return "-";
	(void)snprintf(buffer, 24, "%lld",
	    (long long)json_integer_value(value));
	return buffer;
}

/* Logs one closing line for each message that came to its end. */
static void
log_closed(const json_t *result)
{
	char waited[24], sent[24], reported[24];
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "closed"), i, row) {
		const char *word[6] = {0};

		for (size_t k = 0; k < 6; k++)
			word[k] = json_string_value(json_array_get(row, k));
		log_info("message_closed", "message=%s dossier=%s state=%s "
		    "reason=%s segments=%lld modem=%s waited_ms=%s "
		    "sent_ms=%s reported_ms=%s", word[0], or_dash(word[1]),
		    word[2], or_dash(word[3]), (long long)json_integer_value(
		    json_array_get(row, 4)), or_dash(word[5]),
		    span_text(json_array_get(row, 6), waited),
		    span_text(json_array_get(row, 7), sent),
		    span_text(json_array_get(row, 8), reported));
	}
}

/* text: the function's answer as JSON; NULL with error. */
static void
finish(struct run *run, const char *text, const char *error)
{
	json_t *result = NULL;
	json_error_t fault;

	if (error == NULL) {
		result = json_loads(text != NULL ? text : "", 0, &fault);
		if (result == NULL) {
			log_error("script_failed", "script=%s error=\"%s\"",
			    script_name(run->script), fault.text);
			error = "no JSON";
		}
	}
	look_at_result(run, result);
	look_at_refused(run, result);
	log_closed(result);
	run->done(result, error, run->arg);
	json_decref(result);
	words_clear(&run->args);
	free(run);
}

static void
on_run(const json_t *reply, const char *error, void *arg)
{
	finish(arg, json_string_value(reply), error);
}

/* Sends this call alone. */
static void
send_run(struct run *run)
{
	struct call_words args = run->args;

	run->args = (struct call_words){0};
	call_raw(run->redis, run->conf, run->script, args, on_run, run);
}

/* --- several in one call of Redis ----------------------------------------- */

/* The calls of one turn of the event loop, in their order. */
struct batch {
	struct run *runs[SCRIPT_BATCH];
	size_t n;
};

/* text: what this run's function answered, or "!" and an error. */
static void
finish_part(struct run *run, const char *text)
{
	if (text == NULL || *text != '!') {
		finish(run, text, NULL);
		return;
	}
	look_at_error(run->redis, script_name(run->script), true, text + 1);
	finish(run, NULL, text + 1);
}

/* If the whole batch failed for good, sends each call alone: one of them may be
 * the cause. */
static void
on_batch(const json_t *reply, const char *error, void *arg)
{
	struct batch *batch = arg;

	for (size_t i = 0; i < batch->n; i++) {
		if (error == NULL)
			finish_part(batch->runs[i], json_string_value(
			    json_array_get(reply, i)));
		else if (fault_passes(error))
			finish(batch->runs[i], NULL, error);
		else
			send_run(batch->runs[i]);
	}
	free(batch);
}

static void
send_batch(struct batch *batch)
{
	const struct run *first = batch->runs[0];
	struct call *call = new_call(first->redis, first->conf, "batch", true,
	    on_batch, batch);

	for (size_t i = 0; i < batch->n; i++) {
		struct call_words args = words_copy(&batch->runs[i]->args);

		words_put(&call->words, script_name(batch->runs[i]->script));
		words_append(&call->words, &args);
	}
	send_call(call);
}

static void
flush_batch(struct redis *redis)
{
	struct batch *batch = redis->batch;

	redis->batch = NULL;
	redis->on_flush = NULL;
	event_del(redis->flush);
	if (batch->n > 1) {
		send_batch(batch);
	} else {
		send_run(batch->runs[0]);
		free(batch);
	}
}

static void
join(struct run *run)
{
	struct redis *redis = run->redis;

	if (redis->batch == NULL) {
		redis->batch = xcalloc(1, sizeof(*redis->batch));
		redis->on_flush = flush_batch;
		event_active(redis->flush, EV_TIMEOUT, 0);
	}
	redis->batch->runs[redis->batch->n++] = run;
	if (redis->batch->n == SCRIPT_BATCH)
		flush_batch(redis);
}

void
call_run(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words args, script_done *done, void *arg)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->redis = redis;
	run->conf = conf;
	run->script = script;
	run->args = args;
	run->done = done;
	run->arg = arg;
	if (calls[script].joins)
		join(run);
	else
		send_run(run);
}
