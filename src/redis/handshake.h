/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first questions on a new connection, before anybody may use it: log in,
 * choose the database, is it a master, which layout do the keys have, could it
 * lose the queue.
 */
#ifndef REDIS_HANDSHAKE_H
#define REDIS_HANDSHAKE_H

/* The layout of the keys; `schema` in Redis. */
#define SCHEMA_VERSION "2"

/* How an error begins that means: this version can never use that server. */
#define HANDSHAKE_NEWER "the keys were written by a newer baotin"

#include <stddef.h>

#include <jansson.h>

struct conf;
struct redisAsyncContext;
struct handshake;

/* error: NULL when the connection may be used. warnings: an array of sentences,
 * borrowed. run_id: the server's, "" when it does not tell. replicas: how many
 * it has now, 0 when it does not tell. Called at most once, never after the
 * context died. */
typedef void handshake_done(const char *error, const json_t *warnings,
    const char *run_id, size_t replicas, void *arg);

/* Called from time to time while keys of an older layout are converted. text: a
 * sentence. */
typedef void handshake_progress(const char *text, void *arg);

/* progress: NULL when another connection converts keys; until that is done, the
 * handshake then fails with an error. Frees itself after done(), or when the
 * context goes away. */
void handshake_start(struct redisAsyncContext *, const struct conf *,
    handshake_progress *, handshake_done *, void *arg);

#endif
