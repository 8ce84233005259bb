/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The connection to Redis: a machine that connects, authenticates, checks
 * what it found, watches its own deadlines (hiredis 0.14 has none) and
 * connects again with back-off and jitter, for ever.
 *
 * owns: the sockets, the scripts' digests, the prefix of all keys.
 * promises: each query is answered exactly once, with an error when the
 *	connection breaks first; the caller can't tell then whether Redis
 *	ran it, and so everything sent is safe to repeat.
 * never does: decide anything about messages.
 */
#ifndef REDIS_REDIS_H
#define REDIS_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct conf;
struct event_base;
struct redis;

struct redis_hooks {
	void (*on_up)(void *arg);	/* usable, from now on */
	void (*on_down)(void *arg);	/* not any more; told once per on_up */
};

/* Begins to connect at once and returns. role: a word for the log. conf and
 * role must outlive it. */
struct redis *redis_new(struct event_base *, const struct conf *,
    const char *role, const struct redis_hooks *, void *arg);
/* Hangs up for good: open queries are answered with an error before this
 * returns, later ones soon after they are made. */
void redis_stop(struct redis *);
void redis_free(struct redis *);

/* For a connection whose commands block on the server: so much longer than
 * usual may an answer take. */
void redis_set_block(struct redis *, int64_t block_ms);

bool redis_is_up(const struct redis *);
const char *redis_prefix(const struct redis *);

/* Why it is not up ("connection refused", "LOADING …"); "" when it is. */
const char *redis_trouble(const struct redis *);

/* What Redis said of its safety at connect (appendonly no, an evicting
 * maxmemory-policy …): a JSON array of sentences, borrowed. */
const json_t *redis_warnings(const struct redis *);

/* A reply as JSON: string, integer, array, null. error is NULL or the
 * reason, and then reply is NULL. Strings that are no UTF-8 read as null.
 * The reply is borrowed. */
typedef void redis_reply(const json_t *reply, const char *error, void *arg);

/* Sends one command, n words. A word that is "~name" sends
 * "<prefix>:name". Words are copied. */
void redis_query(struct redis *, redis_reply *, void *arg, size_t n,
    const char *const *words);

/* The same from arguments: redis_queryl(r, cb, arg, "HGETALL",
 * "~message:1f", (char *)NULL). */
void redis_queryl(struct redis *, redis_reply *, void *arg, ...)
    __attribute__((sentinel));

#endif
