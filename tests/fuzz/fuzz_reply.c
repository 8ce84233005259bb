/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: what Redis answers. The octets go through hiredis' reader
 * as they would from the socket; each whole reply becomes JSON and the
 * answer of each script in turn. The linker puts __wrap_redis_query() in
 * the place of the connection (--wrap, tests/fuzz/Module.am).
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <hiredis/hiredis.h>

#include "conf/conf.h"
#include "conf/reader.h"
#include "redis/connection.h"
#include "redis/lease.h"
#include "redis/reply.h"
#include "redis/script.h"
#include "redis/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char settings[] =
    "gateway: { name = \"fuzz\"; };\n"
    "agencies: ( { id = \"H10\"; name = \"UBND\"; } );\n"
    "modems: ( { name = \"m\"; device = \"/dev/null\"; } );\n";

/* What the "connection" answers to the next query. */
static const json_t *answer;
static const char *trouble;
/* A command on many messages asks again while the answer says that there
 * is more; the fuzzer's says so for ever. */
static unsigned queries;
#define QUERIES_MAX 20

void __wrap_redis_query(struct redis *, redis_reply *, void *, size_t,
    const char *const *);
void __wrap_redis_call(struct redis *, redis_reply *, void *, bool, size_t,
    const char **);
void __wrap_redis_queryl(struct redis *, redis_reply *, void *, ...);
const char *__wrap_redis_prefix(const struct redis *);
void __wrap_redis_set_probe(struct redis *, redis_probe *, void *);
void __wrap_redis_probed(struct redis *, const char *);
void __wrap_redis_refuse(struct redis *, const char *);
void __wrap_redis_tell_fault(const struct redis *, const char *,
    const char *, const char *);
void __wrap_log_error(const char *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

void
__wrap_redis_query(struct redis *redis, redis_reply *reply, void *arg,
    size_t n, const char *const *words)
{
	const char *error = trouble;

	(void)redis, (void)n;
	(void)words;
	if (++queries > QUERIES_MAX)
		error = "LOADING";
	reply(error == NULL ? answer : NULL, error, arg);
}

void
__wrap_redis_call(struct redis *redis, redis_reply *reply, void *arg,
    bool is_write, size_t n, const char **words)
{
	(void)is_write;
	__wrap_redis_query(redis, reply, arg, n, words);
}

void
__wrap_redis_queryl(struct redis *redis, redis_reply *reply, void *arg, ...)
{
	(void)redis;
	reply(trouble == NULL ? answer : NULL, trouble, arg);
}

const char *
__wrap_redis_prefix(const struct redis *redis)
{
	(void)redis;
	return "fuzz";
}

void
__wrap_redis_set_probe(struct redis *redis, redis_probe *probe, void *arg)
{
	(void)redis;
	(void)probe;
	(void)arg;
}

void
__wrap_redis_probed(struct redis *redis, const char *error)
{
	(void)redis;
	assert(error == NULL || *error != '\0');
}

void
__wrap_redis_refuse(struct redis *redis, const char *error)
{
	(void)redis;
	assert(error != NULL);
}

void
__wrap_redis_tell_fault(const struct redis *redis, const char *fault,
    const char *about, const char *text)
{
	(void)redis;
	assert(fault != NULL && about != NULL && text != NULL);
}

/* Formatted, for the sanitizers, and dropped. */
void
__wrap_log_error(const char *token, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	(void)token;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
}

/* --- everything handed up is read ----------------------------------------- */

static size_t
touch(const char *s)
{
	return s != NULL ? strlen(s) : 0;
}

static void
on_done(const struct store_answer *a, void *arg)
{
	size_t *sum = arg;

	assert(a->result != NULL || a->error != NULL);
	*sum += touch(a->result) + touch(a->message) + touch(a->pool) +
	    touch(a->reason) + touch(a->flood) + touch(a->error);
}

static void
on_leased(const struct store_lease_answer *a, void *arg)
{
	size_t *sum = arg;

	for (size_t i = 0; i < a->n; i++)
		*sum += touch(a->leases[i].id) + touch(a->leases[i].phone) +
		    touch(a->leases[i].text);
}

static void
on_remind(const json_t *record, void *arg)
{
	size_t *sum = arg;

	*sum += touch(json_string_value(json_object_get(record, "code")));
}

static void
on_controlled(int64_t moved, const char *error, void *arg)
{
	size_t *sum = arg;

	(void)moved;
	*sum += touch(error);
}

static void
on_seq(uint64_t seq, const char *error, void *arg)
{
	size_t *sum = arg;

	(void)seq;
	*sum += touch(error);
}

static void
on_taken(unsigned n, const char *error, void *arg)
{
	size_t *sum = arg;

	(void)n;
	*sum += touch(error);
}

/* The connection that calls are gathered for; nothing else of it is used. */
static struct redis connection;

static void
flush_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* What was asked for since the last one, in one call when it is several. */
static void
flush(void)
{
	if (connection.on_flush != NULL)
		connection.on_flush(&connection);
}

static void
try_all(struct store *store, size_t *sum)
{
	static const char *const pools[] = {"default", NULL};
	static const struct call_quota quota = {"day", "20261122", 5, 1000};
	const struct lease_ask ask = {.modem = "m", .imsi = "452",
	    .pools = pools, .count = 2, .quotas = &quota, .n_quotas = 1,
	    .month = "202611", .day = "20261122"};
	const struct settle_args s = {.modem = "m", .imsi = "452",
	    .message = "1", .phone = "+84912345678", .reason = "",
	    .outcome = "sent"};
	const struct control c = {.verb = "cancel", .id = "1"};

	queries = 0;
	store_lease(store, &ask, on_leased, sum);
	flush();
	store_settle(store, &s, on_done, sum);
	store_lease(store, &ask, on_leased, sum);
	flush();
	store_recover(store, "m", on_done, sum);
	store_last_seq(store, "m", on_seq, sum);
	store_sweep(store, true, true, on_remind, on_done, sum);
	store_take(store, on_taken, sum);
	queries = 0;
	store_control(store, &c, on_controlled, sum);
	flush();
}

static void
fault_seen(const char *text, void *arg)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", text);
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct store *store;
	redisReader *reader = redisReaderCreate();
	void *reply = NULL;
	size_t sum = 0;

	if (store == NULL) {
		connection.base = event_base_new();
		connection.flush = event_new(connection.base, -1, 0, flush_cb,
		    NULL);
		store = store_new(&connection,
		    conf_load_string(settings, fault_seen, NULL), NULL);
	}
	(void)redisReaderFeed(reader, (const char *)data, n);
	while (redisReaderGetReply(reader, &reply) == REDIS_OK &&
	    reply != NULL) {
		const redisReply *r = reply;
		json_t *json = reply_to_json(r);

		answer = json;
		trouble = r->type == REDIS_REPLY_ERROR ? r->str : NULL;
		try_all(store, &sum);
		json_decref(json);
		freeReplyObject(reply);
		reply = NULL;
	}
	redisReaderFree(reader);
	return sum == SIZE_MAX;
}
