/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls the library's functions by FCALL; a server that does not have the
 * library gets it first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "redis/fault.h"
#include "redis/library.h"
#include "redis/script.h"

static const struct {
	const char *name;
	bool writes;
} calls[] = {
#define reads  false
#define writes true
#define proves true
#define ROW(NAME, name, right) {#name, right},
	CALLS(ROW)
#undef ROW
#undef proves
#undef writes
#undef reads
};

struct call {
	struct redis *redis;
	enum script script;
	bool is_again;		/* the library was sent for it */
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

/* What the user may not do is no fault of the function. Rights are judged
 * before anything is written (guard.lua), that of FCALL by the server. */
static void
look_at_error(const struct call *call, const char *error)
{
	if (strncmp(error, "NOPERM", 6) == 0) {
		redis_refuse(call->redis, error);
	} else if (!fault_passes(error)) {
		log_error("script_failed", "script=%s error=\"%s\"",
		    script_name(call->script), error);
		if (calls[call->script].writes)
			redis_tell_fault(call->redis, "script_failed",
			    script_name(call->script), error);
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
		look_at_error(call, error);
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
	    script_name(call->script));
	words[0] = "FCALL";
	words[1] = function;
	words[2] = "0";
	words_list(&call->words, words + 3);
	redis_call(call->redis, on_reply, call,
	    calls[call->script].writes && !call->is_probe, n, words);
	free(words);
}

static void
put_common(struct call_words *words, const struct redis *redis,
    const struct conf *conf)
{
	struct common_args common = {
		.prefix = redis_prefix(redis),
		.gateway = conf->gateway.name,
		.retention_ms = conf->privacy.retention_ms,
		.unknown_wait_ms = conf->retry.unknown_wait_ms,
		.remind_after_ms = conf->notices.remind_after_ms,
		.dossiers_ms = conf->privacy.dossiers_ms,
	};

	common_put(words, &common);
}

static struct call *
new_call(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words *args, redis_reply *done, void *arg)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->redis = redis;
	call->script = script;
	call->done = done;
	call->arg = arg;
	put_common(&call->words, redis, conf);
	words_append(&call->words, args);
	return call;
}

void
call_raw(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words args, redis_reply *done, void *arg)
{
	send_call(new_call(redis, conf, script, &args, done, arg));
}

void
call_probe(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words args, redis_reply *done, void *arg)
{
	struct call *call = new_call(redis, conf, script, &args, done, arg);

	call->is_probe = true;
	send_call(call);
}

struct run {
	struct redis *redis;
	enum script script;
	script_done *done;
	void *arg;
};

/* Something stood in the place of a key of ours. */
static void
look_at_result(const struct run *run, const json_t *result)
{
	const char *family = json_string_value(json_object_get(result,
	    "misplaced"));
	char text[240];

	if (family == NULL)
		return;
	(void)snprintf(text, sizeof(text), "a key %s:%s:... held what is not "
	    "baotin's: it was renamed to %s:misplaced:%s:...; see who writes "
	    "there", redis_prefix(run->redis), family,
	    redis_prefix(run->redis), family);
	log_error("key_misplaced", "script=%s family=%s text=\"%s\"",
	    script_name(run->script), family, text);
	redis_tell_fault(run->redis, "key_misplaced", family, text);
}

/* The library came to a transition that states.def does not have. It left the
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

static void
on_run(const json_t *reply, const char *error, void *arg)
{
	struct run run = *(struct run *)arg;
	json_t *result = NULL;
	json_error_t fault;

	free(arg);
	if (error == NULL) {
		result = json_loads(json_is_string(reply)
		    ? json_string_value(reply) : "", 0, &fault);
		if (result == NULL) {
			log_error("script_failed", "script=%s error=\"%s\"",
			    script_name(run.script), fault.text);
			error = "no JSON";
		}
	}
	look_at_result(&run, result);
	look_at_refused(&run, result);
	run.done(result, error, run.arg);
	json_decref(result);
}

void
call_run(struct redis *redis, const struct conf *conf, enum script script,
    struct call_words args, script_done *done, void *arg)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->redis = redis;
	run->script = script;
	run->done = done;
	run->arg = arg;
	call_raw(redis, conf, script, args, on_run, run);
}
