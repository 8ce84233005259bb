/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands on a connection. Each has a deadline and gets exactly one answer.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "redis/connection.h"
#include "redis/fault.h"
#include "redis/reply.h"

#define WORDS_MAX REDIS_WORDS_MAX

void
connection_arm(struct redis *redis, int64_t ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	event_add(redis->timer, &tv);
}

static void
on_reply_cb(redisAsyncContext *context, void *data, void *arg)
{
	struct query *query = arg;
	struct redis *redis = query->redis;
	const redisReply *reply = data;
	char error[200] = "";

	TAILQ_REMOVE(&redis->open, query, entry);
	if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
		metric_add(METRIC_REDIS_ERRORS, 1);
	if (reply == NULL) {
		query->done(NULL, FAULT_LOST, query->arg);
	} else if (reply->type == REDIS_REPLY_ERROR) {
		(void)snprintf(error, sizeof(error), "%s", reply->str);
		query->done(NULL, error, query->arg);
	} else {
		json_t *value = reply_to_json(reply);

		query->done(value, NULL, query->arg);
		json_decref(value);
	}
	free(query);
	if (error[0] != '\0' && context == redis->context && redis->is_up)
		redis->on_error(redis, error);
}

void
connection_refuse_cb(evutil_socket_t fd, short what, void *arg)
{
	struct redis *redis = arg;
	struct query *query;

	(void)fd;
	(void)what;
	while ((query = TAILQ_FIRST(&redis->refused)) != NULL) {
		TAILQ_REMOVE(&redis->refused, query, entry);
		query->done(NULL, redis->is_refusing ? redis->trouble
		    : FAULT_NOT_CONNECTED, query->arg);
		free(query);
	}
}

static void
refuse_query(struct redis *redis, struct query *query)
{
	TAILQ_INSERT_TAIL(&redis->refused, query, entry);
	event_active(redis->refuse, EV_TIMEOUT, 0);
}

static struct query *
new_query(struct redis *redis, redis_reply *done, void *arg)
{
	struct query *query = xcalloc(1, sizeof(*query));

	query->redis = redis;
	query->done = done;
	query->arg = arg;
	query->deadline_ms = clock_mono_ms() + CONNECTION_ANSWER_MS +
	    redis->block_ms;
	return query;
}

const char *
redis_prefix(const struct redis *redis)
{
	return redis->conf->redis.prefix;
}

static void
send_argv(struct redis *redis, redis_reply *done, void *arg, size_t n,
    const char **words)
{
	struct query *query = new_query(redis, done, arg);
	size_t *lengths = xcalloc(n, sizeof(*lengths));
	int status = REDIS_ERR;

	if (redis->on_flush != NULL)
		redis->on_flush(redis);	/* send first what was asked before */
	for (size_t i = 0; i < n; i++)
		lengths[i] = strlen(words[i]);
	if (redis->is_up)
		status = redisAsyncCommandArgv(redis->context, on_reply_cb,
		    query, (int)n, words, lengths);
	free(lengths);
	if (status != REDIS_OK) {
		refuse_query(redis, query);
		return;
	}
	TAILQ_INSERT_TAIL(&redis->open, query, entry);
	if (!event_pending(redis->timer, EV_TIMEOUT, NULL))
		connection_arm(redis, CONNECTION_ANSWER_MS +
		    redis->block_ms);
}

void
redis_query(struct redis *redis, redis_reply *done, void *arg, size_t n,
    const char *const *words)
{
	const char *argv[WORDS_MAX];
	char *keys[WORDS_MAX];
	size_t n_keys = 0;

	if (n > WORDS_MAX)
		abort();
	for (size_t i = 0; i < n; i++) {
		argv[i] = words[i];
		if (words[i][0] == '~')
			argv[i] = keys[n_keys++] = xasprintf("%s:%s",
			    redis_prefix(redis), words[i] + 1);
	}
	send_argv(redis, done, arg, n, argv);
	while (n_keys > 0)
		free(keys[--n_keys]);
}

void
redis_call(struct redis *redis, redis_reply *done, void *arg, bool is_write,
    size_t n, const char **words)
{
	if (is_write && redis->is_refusing)
		refuse_query(redis, new_query(redis, done, arg));
	else
		send_argv(redis, done, arg, n, words);
}

void
redis_queryl(struct redis *redis, redis_reply *done, void *arg, ...)
{
	const char *words[WORDS_MAX], *word;
	size_t n = 0;
	va_list ap;

	va_start(ap, arg);
	while ((word = va_arg(ap, const char *)) != NULL) {
		if (n == WORDS_MAX)
			abort();
		words[n++] = word;
	}
	va_end(ap);
	redis_query(redis, done, arg, n, words);
}
