/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection: wait, connect, shake hands, serve, and back to wait when
 * anything breaks. hiredis can't reconnect a context, so each try makes a
 * new one.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <event2/event.h>
#include <event2/util.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "redis/handshake.h"
#include "redis/link.h"
#include "redis/redis.h"
#include "redis/reply.h"

#define CONNECT_MS	5000	/* until the handshake is through */
#define ANSWER_MS	10000	/* for a command, beyond its own blocking */
#define WAIT_FIRST_MS	100
#define WAIT_MOST_MS	5000
#define WORDS_MAX	32

struct query {
	TAILQ_ENTRY(query) entry;
	struct redis *redis;
	redis_reply *done;
	void *arg;
	int64_t deadline_ms;
};
TAILQ_HEAD(queries, query);

struct redis {
	struct event_base *base;
	const struct conf *conf;
	const char *role;
	struct redis_hooks hooks;
	void *arg;
	redisAsyncContext *context;	/* NULL while waiting */
	bool is_up;
	struct event *timer;		/* wait, connect or answer deadline */
	struct event *refuse;		/* answers queries made while down */
	struct queries open, refused;
	int64_t wait_ms;
	int64_t down_since_ms;
	unsigned tries;
	int64_t block_ms;
	json_t *warnings;
	char trouble[200];
};

static void start_connect(struct redis *);

static void
arm(struct redis *redis, int64_t ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	event_add(redis->timer, &tv);
}

bool
redis_is_up(const struct redis *redis)
{
	return redis->is_up;
}

const char *
redis_prefix(const struct redis *redis)
{
	return redis->conf->redis.prefix;
}

const char *
redis_trouble(const struct redis *redis)
{
	return redis->is_up ? "" : redis->trouble;
}

const json_t *
redis_warnings(const struct redis *redis)
{
	return redis->warnings;
}

void
redis_set_block(struct redis *redis, int64_t block_ms)
{
	redis->block_ms = block_ms;
}

/* Says what is wrong: loudly when it is new, else for debugging only. */
static void
set_trouble(struct redis *redis, const char *text)
{
	bool is_news = strcmp(redis->trouble, text) != 0;

	(void)snprintf(redis->trouble, sizeof(redis->trouble), "%s", text);
	if (is_news)
		log_warning("redis_down", "for=%s address=%s reason=\"%s\"",
		    redis->role, redis->conf->redis.address, text);
}

/* 0 to most_ms - 1: so that many gateways don't come back in step. */
static int64_t
jitter_ms(int64_t most_ms)
{
	uint32_t random;

	evutil_secure_rng_get_bytes(&random, sizeof(random));
	return (int64_t)random % most_ms;
}

/* So that nothing that we gave up is delivered after all, when a network
 * comes back later than our next connection. */
static void
forget_unsent(const redisAsyncContext *context)
{
	const struct linger at_once = {.l_onoff = 1};

	(void)setsockopt(context->c.fd, SOL_SOCKET, SO_LINGER, &at_once,
	    sizeof(at_once));
}

/* Drops the connection, if any, and tries again after a while. */
static void
fall(struct redis *redis, const char *why)
{
	redisAsyncContext *context = redis->context;
	bool was_up = redis->is_up;
	int64_t wait_ms = redis->wait_ms;

	set_trouble(redis, why);
	redis->context = NULL;
	redis->is_up = false;
	if (was_up)
		redis->down_since_ms = clock_mono_ms();
	if (context != NULL) {
		context->data = NULL;
		forget_unsent(context);
		redisAsyncFree(context);
	}
	redis->tries++;
	wait_ms += jitter_ms(wait_ms);
	redis->wait_ms = redis->wait_ms * 2 < WAIT_MOST_MS
	    ? redis->wait_ms * 2 : WAIT_MOST_MS;
	arm(redis, wait_ms);
	if (was_up)
		redis->hooks.on_down(redis->arg);
}

static void
tell_warnings(const struct redis *redis)
{
	size_t i;
	json_t *text;

	json_array_foreach(redis->warnings, i, text)
		log_warning("redis_unsafe", "%s", json_string_value(text));
}

static void
on_handshake(const char *error, const json_t *warnings, void *arg)
{
	struct redis *redis = arg;

	if (error != NULL) {
		fall(redis, error);
		return;
	}
	json_decref(redis->warnings);
	redis->warnings = json_deep_copy(warnings);
	event_del(redis->timer);
	redis->is_up = true;
	metric_add(METRIC_REDIS_CONNECTS, 1);
	redis->wait_ms = WAIT_FIRST_MS;
	redis->trouble[0] = '\0';
	log_info("redis_up", "for=%s address=%s after=%llds tries=%u",
	    redis->role, redis->conf->redis.address,
	    (long long)(clock_mono_ms() - redis->down_since_ms) / 1000,
	    redis->tries + 1);
	if (redis->block_ms == 0)	/* once for both connections */
		tell_warnings(redis);
	redis->tries = 0;
	redis->hooks.on_up(redis->arg);
}

static void
on_connect_cb(const redisAsyncContext *context, int status)
{
	struct redis *redis = context->data;

	if (redis == NULL)
		return;
	if (status != REDIS_OK) {
		redis->context = NULL;	/* hiredis frees it after this call */
		fall(redis, context->errstr[0] != '\0' ? context->errstr
		    : "connection refused");
		return;
	}
	handshake_start(redis->context, redis->conf, on_handshake, redis);
}

static void
on_disconnect_cb(const redisAsyncContext *context, int status)
{
	struct redis *redis = context->data;

	(void)status;
	if (redis == NULL)
		return;
	redis->context = NULL;		/* hiredis frees it after this call */
	fall(redis, context->errstr[0] != '\0' ? context->errstr
	    : "connection closed");
}

/* "host:port", "[v6]:port" into its two parts. conf checked the form. */
static redisAsyncContext *
connect_address(const char *address)
{
	char host[128];
	const char *colon;
	size_t n;

	if (strncmp(address, "unix:", 5) == 0)
		return redisAsyncConnectUnix(address + 5);
	colon = strrchr(address, ':');
	if (colon == NULL)
		return redisAsyncConnect(address, 6379);
	n = (size_t)(colon - address);
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	(void)snprintf(host, sizeof(host), "%.*s", (int)n, address);
	return redisAsyncConnect(host, (int)strtol(colon + 1, NULL, 10));
}

static void
start_connect(struct redis *redis)
{
	redisAsyncContext *context;

	context = connect_address(redis->conf->redis.address);
	if (context == NULL || context->err) {
		char why[160];

		(void)snprintf(why, sizeof(why), "%s",
		    context != NULL ? context->errstr : "out of memory");
		if (context != NULL)
			redisAsyncFree(context);
		fall(redis, why);
		return;
	}
	context->data = redis;
	redis->context = context;
	if (link_attach(context, redis->base) == -1)
		abort();
	if (strncmp(redis->conf->redis.address, "unix:", 5) != 0)
		redisEnableKeepAlive(&context->c);
	redisAsyncSetConnectCallback(context, on_connect_cb);
	redisAsyncSetDisconnectCallback(context, on_disconnect_cb);
	arm(redis, CONNECT_MS);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct redis *redis = arg;
	const struct query *first = TAILQ_FIRST(&redis->open);
	int64_t left_ms;

	(void)fd;
	(void)what;
	if (redis->context == NULL) {
		start_connect(redis);
		return;
	}
	if (!redis->is_up) {
		fall(redis, "no answer while connecting");
		return;
	}
	if (first == NULL)
		return;
	left_ms = first->deadline_ms - clock_mono_ms();
	if (left_ms > 0)
		arm(redis, left_ms);
	else
		fall(redis, "no answer to a command");
}

/* Answers that mean "not this server, not now". */
static bool
is_server_unfit(const char *error)
{
	static const char *const words[] = {
		"READONLY", "LOADING", "MASTERDOWN", "NOAUTH", "NOREPLICAS",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(error, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void
on_reply_cb(redisAsyncContext *context, void *data, void *arg)
{
	struct query *query = arg;
	struct redis *redis = query->redis;
	const redisReply *reply = data;
	char unfit[160] = "";

	TAILQ_REMOVE(&redis->open, query, entry);
	if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
		metric_add(METRIC_REDIS_ERRORS, 1);
	if (reply == NULL) {
		query->done(NULL, "connection lost", query->arg);
	} else if (reply->type == REDIS_REPLY_ERROR) {
		if (is_server_unfit(reply->str))
			(void)snprintf(unfit, sizeof(unfit), "%s",
			    reply->str);
		query->done(NULL, reply->str, query->arg);
	} else {
		json_t *value = reply_to_json(reply);

		query->done(value, NULL, query->arg);
		json_decref(value);
	}
	free(query);
	if (unfit[0] != '\0' && context == redis->context)
		fall(redis, unfit);
}

static void
on_refuse_cb(evutil_socket_t fd, short what, void *arg)
{
	struct redis *redis = arg;
	struct query *query;

	(void)fd;
	(void)what;
	while ((query = TAILQ_FIRST(&redis->refused)) != NULL) {
		TAILQ_REMOVE(&redis->refused, query, entry);
		query->done(NULL, "not connected", query->arg);
		free(query);
	}
}

void
redis_query(struct redis *redis, redis_reply *done, void *arg, size_t n,
    const char *const *words)
{
	struct query *query = xcalloc(1, sizeof(*query));
	const char *argv[WORDS_MAX];
	char *keys[WORDS_MAX];
	size_t lengths[WORDS_MAX], n_keys = 0;
	int status = REDIS_ERR;

	if (n > WORDS_MAX)
		abort();
	query->redis = redis;
	query->done = done;
	query->arg = arg;
	query->deadline_ms = clock_mono_ms() + ANSWER_MS + redis->block_ms;
	for (size_t i = 0; i < n; i++) {
		argv[i] = words[i];
		if (words[i][0] == '~')
			argv[i] = keys[n_keys++] = xasprintf("%s:%s",
			    redis_prefix(redis), words[i] + 1);
		lengths[i] = strlen(argv[i]);
	}
	if (redis->is_up)
		status = redisAsyncCommandArgv(redis->context, on_reply_cb,
		    query, (int)n, argv, lengths);
	while (n_keys > 0)
		free(keys[--n_keys]);
	if (status != REDIS_OK) {
		TAILQ_INSERT_TAIL(&redis->refused, query, entry);
		event_active(redis->refuse, EV_TIMEOUT, 0);
		return;
	}
	TAILQ_INSERT_TAIL(&redis->open, query, entry);
	if (!event_pending(redis->timer, EV_TIMEOUT, NULL))
		arm(redis, ANSWER_MS + redis->block_ms);
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

struct redis *
redis_new(struct event_base *base, const struct conf *conf, const char *role,
    const struct redis_hooks *hooks, void *arg)
{
	struct redis *redis = xcalloc(1, sizeof(*redis));

	redis->base = base;
	redis->conf = conf;
	redis->role = role;
	redis->hooks = *hooks;
	redis->arg = arg;
	redis->wait_ms = WAIT_FIRST_MS;
	redis->down_since_ms = clock_mono_ms();
	redis->warnings = json_array();
	TAILQ_INIT(&redis->open);
	TAILQ_INIT(&redis->refused);
	redis->timer = evtimer_new(base, on_timer_cb, redis);
	redis->refuse = evtimer_new(base, on_refuse_cb, redis);
	if (redis->timer == NULL || redis->refuse == NULL)
		abort();
	arm(redis, 0);
	return redis;
}

void
redis_stop(struct redis *redis)
{
	redisAsyncContext *context = redis->context;

	redis->context = NULL;
	redis->is_up = false;
	event_del(redis->timer);
	if (context != NULL) {
		context->data = NULL;
		redisAsyncFree(context);
	}
	on_refuse_cb(-1, 0, redis);
}

void
redis_free(struct redis *redis)
{
	if (redis == NULL)
		return;
	redis_stop(redis);
	event_free(redis->timer);
	event_free(redis->refuse);
	json_decref(redis->warnings);
	free(redis);
}
