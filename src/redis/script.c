/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a script by EVALSHA, and by EVAL after a NOSCRIPT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha1.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/fault.h"
#include "redis/script.h"

static const struct {
	const char *name, *source;
} scripts[] = {
#include "redis/scripts.inc"
};
_Static_assert(sizeof(scripts) / sizeof(scripts[0]) == SCRIPT_END,
    "enum script and the files differ");

struct run {
	struct redis *redis;
	enum script script;
	char gateway[64];
	char retention[24];
	char *args;
	script_done *done;
	void *arg;
};

const char *
script_name(enum script script)
{
	return scripts[script].name;
}

/* The digest by which the server knows a script: SHA-1 in hex. Worked out
 * once: a script is far longer than what is asked with it. */
static const char *
digest_of(enum script script)
{
	static char digests[SCRIPT_END][2 * SHA1_DIGEST_SIZE + 1];
	char *out = digests[script];
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx sha;

	if (*out != '\0')
		return out;
	sha1_init(&sha);
	sha1_update(&sha, strlen(scripts[script].source),
	    (const uint8_t *)scripts[script].source);
	sha1_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}

static void
run_free(struct run *run)
{
	free(run->args);
	free(run);
}

static void send_run(struct run *, bool whole);

static void
on_script_reply(const json_t *reply, const char *error, void *arg)
{
	struct run *run = arg;
	json_error_t fault;
	json_t *result;

	if (error != NULL && strncmp(error, "NOSCRIPT", 8) == 0) {
		send_run(run, true);
		return;
	}
	if (error != NULL) {
		if (!fault_passes(error))
			log_error("script_failed", "script=%s error=\"%s\"",
			    script_name(run->script), error);
		run->done(NULL, error, run->arg);
		run_free(run);
		return;
	}
	result = json_loads(json_is_string(reply) ? json_string_value(reply)
	    : "", 0, &fault);
	if (result == NULL)
		log_error("script_failed", "script=%s error=\"%s\"",
		    script_name(run->script), fault.text);
	run->done(result, result != NULL ? NULL : "no JSON", run->arg);
	json_decref(result);
	run_free(run);
}

static void
send_run(struct run *run, bool whole)
{
	const char *words[] = {"EVALSHA", digest_of(run->script), "0",
		redis_prefix(run->redis), run->gateway, run->retention,
		run->args};

	if (whole) {
		words[0] = "EVAL";
		words[1] = scripts[run->script].source;
	}
	redis_write(run->redis, on_script_reply, run,
	    sizeof(words) / sizeof(words[0]), words);
}

void
script_run(struct redis *redis, const struct conf *conf, enum script script,
    json_t *args, script_done *done, void *arg)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->redis = redis;
	run->script = script;
	run->done = done;
	run->arg = arg;
	(void)snprintf(run->gateway, sizeof(run->gateway), "%s",
	    conf->gateway.name);
	(void)snprintf(run->retention, sizeof(run->retention), "%lld",
	    (long long)conf->privacy.retention_ms);
	run->args = json_dumps(args, JSON_COMPACT);
	json_decref(args);
	if (run->args == NULL)
		abort();
	send_run(run, false);
}

static void
on_loaded(const json_t *reply, const char *error, void *arg)
{
	(void)reply;
	(void)error;	/* then EVALSHA tells */
	(void)arg;
}

void
script_load_all(struct redis *redis)
{
	for (enum script i = SCRIPT_ACCEPT; i < SCRIPT_END; i++)
		redis_queryl(redis, on_loaded, NULL, "SCRIPT", "LOAD",
		    scripts[i].source, (char *)NULL);
}
