/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The connection to Redis: a machine that connects, authenticates, checks
 * what it found, watches its own deadlines (hiredis 0.14 has none) and
 * connects again with back-off and jitter, for ever. Where to: a fixed
 * address, or what the sentinels say.
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
	/* It takes writes, from now on. */
	void (*on_up)(void *arg);
	/* Redis takes writes no more: it is away, or it refuses them (full,
	 * can't save). Told once per on_up. */
	void (*on_down)(void *arg);
	/* Something that an operator must see, and that ends by no event of
	 * the connection; may be NULL. fault: a word for the alarm, about:
	 * a script or a family of keys. */
	void (*on_fault)(const char *fault, const char *about,
	    const char *text, void *arg);
	/* At the first connection: this version can never use that server.
	 * NULL: it is waited for. */
	void (*on_unfit)(const char *why, void *arg);
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

/* How to see, when a server that refused writes has taken a SET, whether it
 * takes all: ask it with script_probe() and tell redis_probed(). */
typedef void redis_probe(void *arg);
void redis_set_probe(struct redis *, redis_probe *, void *arg);
void redis_probed(struct redis *, const char *error);

/* It takes no writes of ours: as if the server had refused one. */
void redis_refuse(struct redis *, const char *error);

/* For on_fault(). */
void redis_tell_fault(const struct redis *, const char *fault,
    const char *about, const char *text);

/* It answers; and: it takes writes too. */
bool redis_is_up(const struct redis *);
bool redis_is_writable(const struct redis *);
/* It is up, and has no question unanswered for more than 2 s. */
bool redis_answers(const struct redis *);
/* "up", "silent" (no answer for 2 s), "refusing" (writes) or "down". */
const char *redis_state_name(const struct redis *);
const char *redis_prefix(const struct redis *);

/* Where it is, was last, or by which name sentinels know it. */
const char *redis_address(const struct redis *);
/* Which run of a server it is: another one may lack what the last one had.
 * "" when it does not tell. */
const char *redis_run_id(const struct redis *);
bool redis_has_replicas(const struct redis *);	/* when it connected */

/* Why it takes no writes ("connection refused", "LOADING …", "OOM …"); ""
 * when it does. */
const char *redis_trouble(const struct redis *);

/* The warnings about the safety of this Redis, found at connect (appendonly
 * no, an evicting maxmemory-policy …): a JSON array of sentences, borrowed. */
const json_t *redis_warnings(const struct redis *);

/* A reply as JSON: string, integer, array, null. error is NULL or the
 * reason, and then reply is NULL. Strings that are no UTF-8 read as null.
 * The reply is borrowed. */
typedef void redis_reply(const json_t *reply, const char *error, void *arg);

#define REDIS_WORDS_MAX 320

/* Sends one command, n words, at most REDIS_WORDS_MAX. A word that is
 * "~name" sends "<prefix>:name". Words are copied. */
void redis_query(struct redis *, redis_reply *, void *arg, size_t n,
    const char *const *words);

/* The same with any number of words, sent as they are. is_write: answered at
 * once, with the trouble, while Redis refuses writes. */
void redis_call(struct redis *, redis_reply *, void *arg, bool is_write,
    size_t n, const char **words);

/* redis_query() from arguments: redis_queryl(r, cb, arg, "HGETALL",
 * "~message:1f", (char *)NULL). */
void redis_queryl(struct redis *, redis_reply *, void *arg, ...)
    __attribute__((sentinel));

#endif
