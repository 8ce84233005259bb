/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection: wait, connect, shake hands, serve, and back to wait when
 * anything breaks. hiredis can't reconnect a context, so each try makes a new
 * one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
#include "redis/connection.h"
#include "redis/fault.h"
#include "redis/handshake.h"
#include "redis/link.h"
#include "redis/redis.h"
#include "redis/sentinel.h"

#define CONNECT_MS	5000	/* until the handshake is done */
#define WAIT_FIRST_MS	100
#define WAIT_MOST_MS	5000
#define PROBE_FIRST_MS	500
#define STEADY_MS	60000
#define SILENT_MS	2000	/* an answer takes no longer on a good day */

static void start_connect(struct redis *);

bool
redis_is_up(const struct redis *redis)
{
	return redis->is_up;
}

bool
redis_is_writable(const struct redis *redis)
{
	return redis->is_up && !redis->is_refusing;
}

/* Connected, but the oldest command has no answer yet: server or network is
 * frozen. */
static bool
is_silent(const struct redis *redis)
{
	const struct query *first = TAILQ_FIRST(&redis->open);

	return redis->is_up && first != NULL && clock_mono_ms() >
	    first->deadline_ms - CONNECTION_ANSWER_MS - redis->block_ms +
	    SILENT_MS;
}

bool
redis_answers(const struct redis *redis)
{
	return redis->is_up && !is_silent(redis);
}

const char *
redis_state_name(const struct redis *redis)
{
	return !redis->is_up ? "down" : is_silent(redis) ? "silent"
	    : redis->is_refusing ? "refusing" : "up";
}

const char *
redis_address(const struct redis *redis)
{
	return redis->address;
}

const char *
redis_run_id(const struct redis *redis)
{
	return redis->run_id;
}

bool
redis_has_replicas(const struct redis *redis)
{
	return redis->has_replicas;
}

const char *
redis_trouble(const struct redis *redis)
{
	if (is_silent(redis))
		return "no answer for more than 2 s";
	return redis_is_writable(redis) ? "" : redis->trouble;
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

/* Logs a new trouble as a warning, a known one for debugging only. */
static void
set_trouble(struct redis *redis, const char *text)
{
	bool is_news = strcmp(redis->trouble, text) != 0;

	(void)snprintf(redis->trouble, sizeof(redis->trouble), "%s", text);
	if (is_news)
		log_warning("redis_down", "for=%s address=%s reason=\"%s\"",
		    redis->role, redis->address, text);
}

/* A random time below most_ms, so that many gateways don't return together. */
static int64_t
jitter_ms(int64_t most_ms)
{
	uint32_t random;

	evutil_secure_rng_get_bytes(&random, sizeof(random));
	return (int64_t)random % most_ms;
}

/* Prevents that Redis gets a command which we gave up, when the network comes
 * back after our next connection. */
static void
forget_unsent(const redisAsyncContext *context)
{
	const struct linger at_once = {.l_onoff = 1};

	(void)setsockopt(context->c.fd, SOL_SOCKET, SO_LINGER, &at_once,
	    sizeof(at_once));
}

/* Drops the connection, if there is one, and tries again after a while. */
static void
fall(struct redis *redis, const char *why)
{
	redisAsyncContext *context = redis->context;
	bool was_up = redis->is_up, was_usable = redis_is_writable(redis);
	int64_t wait_ms = redis->wait_ms;

	set_trouble(redis, why);
	redis->context = NULL;
	redis->is_up = redis->is_refusing = redis->is_asking = false;
	event_del(redis->probe);
	sentinel_cancel(redis->sentinel);
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
	connection_arm(redis, wait_ms);
	if (was_usable)
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
on_handshake(const char *error, const json_t *warnings, const char *run_id,
    size_t replicas, void *arg)
{
	struct redis *redis = arg;

	if (error != NULL) {
		fall(redis, error);
		if (strncmp(error, HANDSHAKE_NEWER,
		    strlen(HANDSHAKE_NEWER)) == 0 &&
		    redis->run_id[0] == '\0' && redis->hooks.on_unfit != NULL)
			redis->hooks.on_unfit(error, redis->arg);
		return;
	}
	json_decref(redis->warnings);
	redis->warnings = json_deep_copy(warnings);
	event_del(redis->timer);
	redis->is_up = true;
	(void)snprintf(redis->run_id, sizeof(redis->run_id), "%s", run_id);
	redis->has_replicas = replicas > 0;
	metric_add(METRIC_REDIS_CONNECTS, 1);
	redis->wait_ms = WAIT_FIRST_MS;
	redis->trouble[0] = '\0';
	log_info("redis_up", "for=%s address=%s after=%llds tries=%u",
	    redis->role, redis->address,
	    (long long)(clock_mono_ms() - redis->down_since_ms) / 1000,
	    redis->tries + 1);
	if (redis->block_ms == 0)	/* once for both connections */
		tell_warnings(redis);
	redis->tries = 0;
	redis->hooks.on_up(redis->arg);
}

/* The keys of an older layout are being converted: that takes its time. */
static void
on_progress(const char *text, void *arg)
{
	struct redis *redis = arg;

	connection_arm(redis, CONNECT_MS);
	(void)snprintf(redis->trouble, sizeof(redis->trouble), "%s", text);
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
	handshake_start(redis->context, redis->conf, redis->block_ms == 0
	    ? on_progress : NULL, on_handshake, redis);
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

/* Only addresses: conf has checked the form of those in the file. */
static void
connect_to(struct redis *redis, const char *address)
{
	redisAsyncContext *context;

	(void)snprintf(redis->address, sizeof(redis->address), "%s", address);
	context = link_connect(address);
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
	if (strncmp(address, "unix:", 5) != 0)
		redisEnableKeepAlive(&context->c);
	redisAsyncSetConnectCallback(context, on_connect_cb);
	redisAsyncSetDisconnectCallback(context, on_disconnect_cb);
	connection_arm(redis, CONNECT_MS);
}

static void
on_found(const char *address, const char *error, void *arg)
{
	struct redis *redis = arg;

	redis->is_asking = false;
	if (error != NULL) {
		fall(redis, error);
		return;
	}
	if (strcmp(redis->address, address) != 0)
		log_info("redis_master", "for=%s master=%s address=%s",
		    redis->role, redis->conf->redis.master, address);
	connect_to(redis, address);
}

static void
start_connect(struct redis *redis)
{
	if (redis->sentinel == NULL) {
		connect_to(redis, redis->conf->redis.address);
		return;
	}
	redis->is_asking = true;
	sentinel_ask(redis->sentinel);
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
		if (!redis->is_asking)
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
		connection_arm(redis, left_ms);
	else
		fall(redis, "no answer to a command");
}

/* --- a server that takes no writes ---------------------------------------- */

static void
probe_later(struct redis *redis)
{
	int64_t ms = redis->probe_ms + jitter_ms(redis->probe_ms);
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	redis->probe_ms = redis->probe_ms * 2 < WAIT_MOST_MS
	    ? redis->probe_ms * 2 : WAIT_MOST_MS;
	event_add(redis->probe, &tv);
}

static void
tell_refusal(struct redis *redis, const char *error)
{
	(void)snprintf(redis->trouble, sizeof(redis->trouble), "%s", error);
	(void)snprintf(redis->refused_for, sizeof(redis->refused_for), "%s",
	    error);
	log_error("redis_refuses", "for=%s address=%s reason=\"%s\" "
	    "text=\"it takes no writes: nothing is read from the stream or "
	    "sent until it does\"", redis->role, redis->address, error);
}

/* Redis refuses writes: it is full, can't save, has too few replicas, a right
 * is missing, or a key is not ours. Reading goes on. If it refuses again for
 * the same reason after a moment, the pause before the next probe does not
 * start again. */
void
redis_refuse(struct redis *redis, const char *error)
{
	int64_t now = clock_mono_ms();

	if (redis->is_refusing || !redis->is_up)
		return;
	redis->is_refusing = true;
	redis->refusing_since_ms = now;
	if (strcmp(redis->refused_for, error) != 0 ||
	    now - redis->writable_since_ms > STEADY_MS)
		redis->probe_ms = PROBE_FIRST_MS;
	tell_refusal(redis, error);
	probe_later(redis);
	redis->hooks.on_down(redis->arg);
}

/* The server says "OOM" in several ways; our own refusals name a key or a
 * right. */
static bool
is_other_refusal(const struct redis *redis, const char *error)
{
	size_t n = strcspn(error, " ");

	if (fault_class(error) != FAULT_REFUSAL)
		return false;
	if (strncmp(error, "BADKEY", n) == 0 ||
	    strncmp(error, "NORIGHT", n) == 0)
		n = sizeof(redis->trouble) - 1;
	return strncmp(error, redis->trouble, n) != 0;
}

void
redis_probed(struct redis *redis, const char *error)
{
	if (!redis->is_up || !redis->is_refusing)
		return;		/* a new connection has not been refused yet */
	if (error != NULL) {
		if (is_other_refusal(redis, error)) {
			tell_refusal(redis, error);	/* the next one */
			redis_tell_fault(redis, "redis_refuses", "redis",
			    error);
		}
		probe_later(redis);
		return;
	}
	redis->is_refusing = false;
	redis->writable_since_ms = clock_mono_ms();
	redis->trouble[0] = '\0';
	log_info("redis_writable", "for=%s address=%s after=%llds",
	    redis->role, redis->address, (long long)(clock_mono_ms() -
	    redis->refusing_since_ms) / 1000);
	redis->hooks.on_up(redis->arg);
}

static void
on_probed(const json_t *reply, const char *error, void *arg)
{
	struct redis *redis = arg;

	(void)reply;
	if (error == NULL && redis->ask_probe != NULL && redis->is_refusing)
		redis->ask_probe(redis->probe_arg);
	else
		redis_probed(redis, error);
}

static void
on_probe_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	redis_queryl(arg, on_probed, arg, "SET", "~probe", "1", "PX", "1000",
	    (char *)NULL);
}

void
redis_set_probe(struct redis *redis, redis_probe *probe, void *arg)
{
	redis->ask_probe = probe;
	redis->probe_arg = arg;
}

void
redis_tell_fault(const struct redis *redis, const char *fault,
    const char *about, const char *text)
{
	if (redis->hooks.on_fault != NULL)
		redis->hooks.on_fault(fault, about, text, redis->arg);
}

static void
look_at_error(struct redis *redis, const char *error)
{
	switch (fault_class(error)) {
	case FAULT_UNFIT:
		fall(redis, error);
		break;
	case FAULT_REFUSAL:
		/* When a master has lost its replicas, the sentinels may know
		 * a better one. */
		if (redis->sentinel != NULL &&
		    strncmp(error, "NOREPLICAS", 10) == 0)
			fall(redis, error);
		else
			redis_refuse(redis, error);
		break;
	case FAULT_LASTING:
	case FAULT_PASSING:
		break;
	}
}

static void
on_flush_cb(evutil_socket_t fd, short what, void *arg)
{
	struct redis *redis = arg;

	(void)fd;
	(void)what;
	if (redis->on_flush != NULL)
		redis->on_flush(redis);
}

struct redis *
redis_new(struct event_base *base, const struct conf *conf, const char *role,
    const struct redis_hooks *hooks, void *arg)
{
	struct redis *redis = xcalloc(1, sizeof(*redis));

	redis->base = base;
	redis->conf = conf;
	redis->role = role;
	redis->on_error = look_at_error;
	redis->hooks = *hooks;
	redis->arg = arg;
	redis->wait_ms = WAIT_FIRST_MS;
	redis->down_since_ms = clock_mono_ms();
	redis->warnings = json_array();
	TAILQ_INIT(&redis->open);
	TAILQ_INIT(&redis->refused);
	redis->timer = evtimer_new(base, on_timer_cb, redis);
	redis->refuse = evtimer_new(base, connection_refuse_cb, redis);
	redis->flush = evtimer_new(base, on_flush_cb, redis);
	if (redis->timer == NULL || redis->refuse == NULL ||
	    redis->flush == NULL)
		abort();
	redis->probe = evtimer_new(base, on_probe_cb, redis);
	if (redis->probe == NULL)
		abort();
	redis->sentinel = sentinel_new(base, conf, on_found, redis);
	(void)snprintf(redis->address, sizeof(redis->address), "%s",
	    redis->sentinel == NULL ? conf->redis.address
	    : conf->redis.master);
	connection_arm(redis, 0);
	return redis;
}

void
redis_stop(struct redis *redis)
{
	redisAsyncContext *context;

	if (redis->on_flush != NULL)
		redis->on_flush(redis);
	context = redis->context;
	redis->context = NULL;
	redis->is_up = redis->is_refusing = redis->is_asking = false;
	event_del(redis->timer);
	event_del(redis->probe);
	sentinel_cancel(redis->sentinel);
	if (context != NULL) {
		context->data = NULL;
		redisAsyncFree(context);
	}
	connection_refuse_cb(-1, 0, redis);
}

void
redis_free(struct redis *redis)
{
	if (redis == NULL)
		return;
	redis_stop(redis);
	event_free(redis->timer);
	event_free(redis->refuse);
	event_free(redis->flush);
	event_free(redis->probe);
	sentinel_free(redis->sentinel);
	json_decref(redis->warnings);
	free(redis);
}
