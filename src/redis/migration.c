/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes one call after the other, each for some hundred keys, so that Redis can
 * do other work. If it breaks off, it begins again with the first key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/calls.h"
#include "redis/common.h"
#include "redis/handshake.h"
#include "redis/library.h"
#include "redis/migration.h"
#include "redis/script.h"

#define STEP	    200		/* keys a call: some milliseconds */
#define PROGRESS_MS 10000	/* between two lines in the log */

struct migration {
	redisAsyncContext *context;
	const struct conf *conf;
	migration_progress *progress;
	migration_done *done;
	void *arg;
	char cursor[24];
	long long looked, moved;
	int64_t since_ms, told_ms;
};

static void
finish(struct migration *m, const char *error, bool is_lost)
{
	m->done(error, is_lost, m->arg);
	free(m);
}

static void step(struct migration *);

static void
tell_progress(struct migration *m)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "the keys of an older release are "
	    "converted: %lld of them so far", m->looked);
	m->progress(text, m->arg);
	if (clock_mono_ms() - m->told_ms < PROGRESS_MS)
		return;
	m->told_ms = clock_mono_ms();
	log_info("migration_progress", "looked=%lld moved=%lld", m->looked,
	    m->moved);
}

static void
go_on(struct migration *m, const struct migrate_result *answer)
{
	char text[200];

	m->looked += answer->looked;
	m->moved += answer->moved;
	if (strcmp(answer->result, "others") == 0) {
		(void)snprintf(text, sizeof(text), "an older release of "
		    "baotin still runs (%.80s): stop it on all gateways; then "
		    "the keys are converted", answer->names);
		finish(m, text, false);
	} else if (strcmp(answer->result, "done") == 0) {
		log_info("migration_done", "looked=%lld moved=%lld after=%llds",
		    m->looked, m->moved,
		    (long long)(clock_mono_ms() - m->since_ms) / 1000);
		finish(m, NULL, false);
	} else {
		(void)snprintf(m->cursor, sizeof(m->cursor), "%s",
		    answer->cursor);
		tell_progress(m);
		step(m);
	}
}

static void
on_step_cb(redisAsyncContext *context, void *data, void *arg)
{
	struct migration *m = arg;
	const redisReply *reply = data;
	struct migrate_result answer;
	json_t *result;

	(void)context;
	if (reply == NULL) {
		finish(m, NULL, true);
		return;
	}
	if (reply->type == REDIS_REPLY_ERROR) {
		finish(m, reply->str, false);
		return;
	}
	result = reply->type == REDIS_REPLY_STRING
	    ? json_loadb(reply->str, reply->len, 0, NULL) : NULL;
	migrate_result_read(result, &answer);
	if (result == NULL)
		finish(m, "migrate: no JSON", false);
	else
		go_on(m, &answer);
	json_decref(result);
}

static void
step(struct migration *m)
{
	const struct migrate_args args = {
		.schema = SCHEMA_VERSION,
		.cursor = m->cursor,
		.count = STEP,
	};
	struct call_words words = migrate_words(&args), all;
	char function[64];
	const char **argv;

	(void)snprintf(function, sizeof(function), "%s_migrate",
	    library_name());
	all = call_words_of(m->conf, &words);
	argv = xcalloc(all.n + 3, sizeof(*argv));
	argv[0] = "FCALL";
	argv[1] = function;
	argv[2] = "0";
	words_list(&all, argv + 3);
	if (redisAsyncCommandArgv(m->context, on_step_cb, m, (int)all.n + 3,
	    argv, NULL) != REDIS_OK)
		finish(m, "the connection is closing", true);
	words_clear(&all);
	free(argv);
}

/* Mostly "already exists". The first step shows any other error. */
static void
on_loaded_cb(redisAsyncContext *context, void *reply, void *arg)
{
	struct migration *m = arg;

	(void)context;
	if (reply == NULL)
		finish(m, NULL, true);
	else
		step(m);
}

void
migration_start(redisAsyncContext *context, const struct conf *conf,
    migration_progress *progress, migration_done *done, void *arg)
{
	struct migration *m = xcalloc(1, sizeof(*m));

	m->context = context;
	m->conf = conf;
	m->progress = progress;
	m->done = done;
	m->arg = arg;
	m->cursor[0] = '0';
	m->since_ms = m->told_ms = clock_mono_ms();
	log_info("migration_started", "to=" SCHEMA_VERSION);
	if (redisAsyncCommand(context, on_loaded_cb, m, "FUNCTION LOAD %s",
	    library_text()) != REDIS_OK)
		finish(m, "the connection is closing", true);
}
