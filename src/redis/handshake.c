/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sends all questions at once; the answers come in the same order. The first
 * fatal answer ends the handshake; the last one (PING) reports success.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/fault.h"
#include "redis/handshake.h"
#include "redis/migration.h"

struct handshake {
	handshake_progress *progress;	/* or NULL */
	handshake_done *done;	/* NULL once called */
	void *arg;
	json_t *warnings;
	char run_id[48];
	size_t replicas;
	bool is_old_layout;
	redisAsyncContext *context;
	const struct conf *conf;
	unsigned pending;
};

struct handshake_step {
	struct handshake *owner;
	void (*judge)(struct handshake *, const redisReply *);
};

static void
conclude(struct handshake *hs, const char *error)
{
	handshake_done *done = hs->done;

	hs->done = NULL;
	if (done != NULL)
		done(error, hs->warnings, hs->run_id, hs->replicas,
		    hs->arg);
}

static void
release(struct handshake *hs)
{
	if (--hs->pending > 0)
		return;
	json_decref(hs->warnings);
	free(hs);
}

static void
on_answer_cb(redisAsyncContext *context, void *reply, void *arg)
{
	struct handshake_step *question = arg;
	struct handshake *hs = question->owner;

	(void)context;
	if (reply == NULL)
		hs->done = NULL;	/* the context's owner knows */
	else if (hs->done != NULL)
		question->judge(hs, reply);
	free(question);
	release(hs);
}

static void __attribute__((format(printf, 4, 5)))
handshake_ask(redisAsyncContext *context, struct handshake *hs,
    void (*judge)(struct handshake *, const redisReply *), const char *fmt,
    ...)
{
	struct handshake_step *question = xcalloc(1, sizeof(*question));
	va_list ap;

	question->owner = hs;
	question->judge = judge;
	va_start(ap, fmt);
	if (redisvAsyncCommand(context, on_answer_cb, question, fmt, ap) ==
	    REDIS_OK)
		hs->pending++;
	else
		free(question);
	va_end(ap);
}

static void
judge_must(struct handshake *hs, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ERROR)
		conclude(hs, reply->str);
}

/* A server that takes no writes can still be read. */
static void
judge_mark(struct handshake *hs, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ERROR &&
	    fault_class(reply->str) != FAULT_REFUSAL)
		conclude(hs, reply->str);
}

static void
judge_nothing(struct handshake *hs, const redisReply *reply)
{
	(void)hs;
	(void)reply;
}

static void
judge_role(struct handshake *hs, const redisReply *reply)
{
	const redisReply *role;

	if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0)
		return;		/* ACL may forbid ROLE: a write will tell */
	role = reply->element[0];
	if (role->type == REDIS_REPLY_STRING &&
	    strcmp(role->str, "master") != 0)
		conclude(hs, "this server is a replica, not the master");
	else if (reply->elements > 2 &&
	    reply->element[2]->type == REDIS_REPLY_ARRAY)
		hs->replicas = reply->element[2]->elements;
}

static void
judge_schema(struct handshake *hs, const redisReply *reply)
{
	static const char foreign[] = "BADKEY the key schema behind "
	    "redis.prefix holds another program's value: rename or delete "
	    "this key";
	long version;
	char text[160], *end;

	if (reply->type == REDIS_REPLY_ERROR) {
		conclude(hs, strncmp(reply->str, "WRONGTYPE", 9) == 0
		    ? foreign : reply->str);
		return;
	}
	if (reply->type != REDIS_REPLY_STRING)
		return;
	version = strtol(reply->str, &end, 10);
	if (version < 1 || *end != '\0') {
		conclude(hs, foreign);
	} else if (version < atoi(SCHEMA_VERSION)) {
		hs->is_old_layout = true;
	} else if (version > atoi(SCHEMA_VERSION)) {
		(void)snprintf(text, sizeof(text), HANDSHAKE_NEWER
		    " (schema %ld, this one knows " SCHEMA_VERSION
		    "): upgrade, or use another redis.prefix", version);
		conclude(hs, text);
	}
}

static void
judge_migration(struct handshake *hs, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_INTEGER && reply->integer != 0)
		hs->is_old_layout = true;	/* a conversion broke off */
}

static void
warn(struct handshake *hs, const char *text)
{
	json_array_append_new(hs->warnings, json_string(text));
}

/* CONFIG may be forbidden. INFO gives the same, except this. */
static void
judge_fsync(struct handshake *hs, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements >= 2 &&
	    reply->element[1]->type == REDIS_REPLY_STRING &&
	    strcmp(reply->element[1]->str, "no") == 0)
		warn(hs, "appendfsync is no: a power cut loses what the "
		    "system has not written; set appendfsync always");
}

/* Reads a line of INFO: "name:value". Returns false when it is missing. */
static bool
info_value(const redisReply *reply, const char *name, char *out, size_t size)
{
	const char *at = reply->str;
	size_t n = strlen(name);

	while ((at = strstr(at, name)) != NULL) {
		if ((at == reply->str || at[-1] == '\n') && at[n] == ':') {
			(void)snprintf(out, size, "%.*s",
			    (int)strcspn(at + n + 1, "\r\n"), at + n + 1);
			return true;
		}
		at += n;
	}
	return false;
}

static void
judge_safety(struct handshake *hs, const redisReply *reply)
{
	char value[32];

	if (info_value(reply, "aof_enabled", value, sizeof(value)) &&
	    strcmp(value, "0") == 0)
		warn(hs, "appendonly is off: Redis loses the queue when it "
		    "stops; set appendonly yes");
	else if (info_value(reply, "aof_last_write_status", value,
	    sizeof(value)) && strcmp(value, "ok") != 0)
		warn(hs, "Redis can't write its append-only file: is its "
		    "disk full?");
	if (info_value(reply, "maxmemory_policy", value, sizeof(value)) &&
	    strcmp(value, "noeviction") != 0)
		warn(hs, "maxmemory-policy evicts keys: Redis may throw "
		    "messages away; set maxmemory-policy noeviction");
}

/* FUNCTION and FCALL came with 7.0. */
static bool
is_too_old(const char *version)
{
	return strtol(version, NULL, 10) < 7;
}

static void
judge_info(struct handshake *hs, const redisReply *reply)
{
	char version[32], text[120];

	if (reply->type != REDIS_REPLY_STRING)
		return;		/* an access list may forbid it */
	(void)info_value(reply, "run_id", hs->run_id, sizeof(hs->run_id));
	if (info_value(reply, "redis_version", version, sizeof(version)) &&
	    is_too_old(version)) {
		(void)snprintf(text, sizeof(text), "this is Redis %s; "
		    "baotin needs 7.0 or later", version);
		conclude(hs, text);
		return;
	}
	judge_safety(hs, reply);
}

static void
on_migrating(const char *text, void *arg)
{
	struct handshake *hs = arg;

	if (hs->done != NULL)
		hs->progress(text, hs->arg);
}

/* is_lost: the context is gone, and its owner knows that already. */
static void
on_migrated(const char *error, bool is_lost, void *arg)
{
	struct handshake *hs = arg;

	if (is_lost)
		hs->done = NULL;
	conclude(hs, error);
	release(hs);
}

static void
judge_last(struct handshake *hs, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ERROR) {
		conclude(hs, reply->str);
	} else if (!hs->is_old_layout) {
		conclude(hs, NULL);
	} else if (hs->progress == NULL) {
		conclude(hs, "the keys are being converted to the layout of "
		    "this release");
	} else {
		hs->pending++;
		migration_start(hs->context, hs->conf, on_migrating,
		    on_migrated, hs);
	}
}

static int
ask_auth(redisAsyncContext *context, struct handshake *hs,
    const struct conf *conf)
{
	char secret[512];

	if (*conf->redis.password_file == '\0')
		return 0;
	if (conf_read_secret(conf->redis.password_file, secret,
	    sizeof(secret)) == -1)
		return -1;
	if (*conf->redis.username != '\0')
		handshake_ask(context, hs, judge_must, "AUTH %s %s",
		    conf->redis.username, secret);
	else
		handshake_ask(context, hs, judge_must, "AUTH %s", secret);
	explicit_bzero(secret, sizeof(secret));
	return 0;
}

void
handshake_start(redisAsyncContext *context, const struct conf *conf,
    handshake_progress *progress, handshake_done *done, void *arg)
{
	struct handshake *hs = xcalloc(1, sizeof(*hs));

	hs->context = context;
	hs->conf = conf;
	hs->progress = progress;
	hs->done = done;
	hs->arg = arg;
	hs->warnings = json_array();
	if (ask_auth(context, hs, conf) == -1) {
		conclude(hs, "the password file can't be read");
		json_decref(hs->warnings);
		free(hs);
		return;
	}
	if (conf->redis.database != 0)
		handshake_ask(context, hs, judge_must, "SELECT %lld",
		    (long long)conf->redis.database);
	handshake_ask(context, hs, judge_nothing, "CLIENT SETNAME baotin-%s",
	    conf->gateway.name);
	handshake_ask(context, hs, judge_role, "ROLE");
	handshake_ask(context, hs, judge_info, "INFO");
	handshake_ask(context, hs, judge_mark, "SET %s:schema " SCHEMA_VERSION
	    " NX", conf->redis.prefix);
	handshake_ask(context, hs, judge_schema, "GET %s:schema",
	    conf->redis.prefix);
	handshake_ask(context, hs, judge_migration, "EXISTS %s:migration",
	    conf->redis.prefix);
	handshake_ask(context, hs, judge_fsync, "CONFIG GET appendfsync");
	handshake_ask(context, hs, judge_last, "PING");
}
