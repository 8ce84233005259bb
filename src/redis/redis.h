/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The connection to Redis. It connects, authenticates, checks the server,
 * watches its own deadlines (hiredis 0.14 has none) and connects again with
 * back-off and jitter, for ever. The address is fixed, or the sentinels give
 * it.
 *
 * owns: the sockets and the prefix of all keys.
 * promises: each query is answered exactly once, with an error when the
 *	connection breaks first. The caller can't know then whether Redis ran
 *	it, so everything sent must be safe to repeat.
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
	/* Redis takes writes from now on. */
	void (*on_up)(void *arg);
	/* Redis takes no writes any more: it is away, or it refuses them (full,
	 * can't save). Called once per on_up. */
	void (*on_down)(void *arg);
	/* A fault that an operator must see, and that no event of the
	 * connection ends. May be NULL. fault: a word for the alarm. about: a
	 * function or a family of keys. */
	void (*on_fault)(const char *fault, const char *about,
	    const char *text, void *arg);
	/* At the first connection: this version can never use that server.
	 * NULL: the connection goes on waiting. */
	void (*on_unfit)(const char *why, void *arg);
};

/* Begins to connect and returns at once. role: a word for the log. conf and
 * role must outlive the connection. */
struct redis *redis_new(struct event_base *, const struct conf *,
    const char *role, const struct redis_hooks *, void *arg);
/* Disconnects for good. Open queries are answered with an error before this
 * returns, later ones soon after they are made. */
void redis_stop(struct redis *);
void redis_free(struct redis *);

/* For a connection whose commands block on the server: an answer may take so
 * much longer than usual. */
void redis_set_block(struct redis *, int64_t block_ms);

/* A server refused writes and then took a SET. This hook finds out whether it
 * takes all writes: it calls script_probe() and then redis_probed(). */
typedef void redis_probe(void *arg);
void redis_set_probe(struct redis *, redis_probe *, void *arg);
void redis_probed(struct redis *, const char *error);

/* Redis takes none of our writes: acts as if the server had refused one. */
void redis_refuse(struct redis *, const char *error);

/* Calls on_fault(). */
void redis_tell_fault(const struct redis *, const char *fault,
    const char *about, const char *text);

/* redis_is_up(): Redis answers. The other: Redis takes writes, too. */
bool redis_is_up(const struct redis *);
bool redis_is_writable(const struct redis *);
/* It is up, and has no question unanswered for more than 2 s. */
bool redis_answers(const struct redis *);
/* "up", "silent" (no answer for 2 s), "refusing" (writes) or "down". */
const char *redis_state_name(const struct redis *);
const char *redis_prefix(const struct redis *);

/* The present or last address, or the name under which the sentinels know
 * it. */
const char *redis_address(const struct redis *);
/* The id of the server's run. Another run may lack what the last one had. ""
 * when the server does not tell. */
const char *redis_run_id(const struct redis *);
bool redis_has_replicas(const struct redis *);	/* when it connected */

/* Why Redis takes no writes ("connection refused", "LOADING …", "OOM …"); ""
 * when it does. */
const char *redis_trouble(const struct redis *);

/* The warnings about the safety of this Redis, found at connect (appendonly no,
 * an evicting maxmemory-policy …): a JSON array of sentences, borrowed. */
const json_t *redis_warnings(const struct redis *);

/* A reply as JSON: string, integer, array, null. error is NULL; or it is the
 * reason, and then reply is NULL. A string that is not UTF-8 reads as null. The
 * reply is borrowed. */
typedef void redis_reply(const json_t *reply, const char *error, void *arg);

#define REDIS_WORDS_MAX 320

/* Sends one command, n words, at most REDIS_WORDS_MAX. A word that is
 * "~name" sends "<prefix>:name". Words are copied. */
void redis_query(struct redis *, redis_reply *, void *arg, size_t n,
    const char *const *words);

/* The same with any number of words, sent as they are. is_write: while Redis
 * refuses writes, the answer is the trouble, at once. */
void redis_call(struct redis *, redis_reply *, void *arg, bool is_write,
    size_t n, const char **words);

/* redis_query() from arguments: redis_queryl(r, cb, arg, "HGETALL",
 * "~message:1f", (char *)NULL). */
void redis_queryl(struct redis *, redis_reply *, void *arg, ...)
    __attribute__((sentinel));

#endif
