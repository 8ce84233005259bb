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
#define ROW(NAME, name, right) {#name, right},
	CALLS(ROW)
#undef ROW
#undef writes
#undef reads
};

struct call {
	struct redis *redis;
	enum script script;
	bool is_again;		/* the library was sent for it */
	char gateway[64];
	char retention[24];
	char *args;
	redis_reply *done;
	void *arg;
};

const char *
script_name(enum script script)
{
	return calls[script].name;
}

static void send_call(struct call *);

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
	if (error != NULL && !fault_passes(error))
		log_error("script_failed", "script=%s error=\"%s\"",
		    script_name(call->script), error);
	call->done(reply, error, call->arg);
	free(call->args);
	free(call);
}

static void
send_call(struct call *call)
{
	char function[64];
	const char *words[] = {"FCALL", function, "0",
		redis_prefix(call->redis), call->gateway, call->retention,
		call->args};
	size_t n = sizeof(words) / sizeof(words[0]);

	(void)snprintf(function, sizeof(function), "%s_%s", library_name(),
	    script_name(call->script));
	if (calls[call->script].writes)
		redis_write(call->redis, on_reply, call, n, words);
	else
		redis_query(call->redis, on_reply, call, n, words);
}

void
script_call(struct redis *redis, const struct conf *conf, enum script script,
    json_t *args, redis_reply *done, void *arg)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->redis = redis;
	call->script = script;
	call->done = done;
	call->arg = arg;
	(void)snprintf(call->gateway, sizeof(call->gateway), "%s",
	    conf->gateway.name);
	(void)snprintf(call->retention, sizeof(call->retention), "%lld",
	    (long long)conf->privacy.retention_ms);
	call->args = json_dumps(args, JSON_COMPACT);
	json_decref(args);
	if (call->args == NULL)
		abort();
	send_call(call);
}

struct run {
	enum script script;
	script_done *done;
	void *arg;
};

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
	run.done(result, error, run.arg);
	json_decref(result);
}

void
script_run(struct redis *redis, const struct conf *conf, enum script script,
    json_t *args, script_done *done, void *arg)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->script = script;
	run->done = done;
	run->arg = arg;
	script_call(redis, conf, script, args, on_run, run);
}
