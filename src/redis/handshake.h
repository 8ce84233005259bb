/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said on a fresh connection before anybody may use it: who we are,
 * which database, is it a master, which version is the layout, would it
 * lose the queue.
 */
#ifndef REDIS_HANDSHAKE_H
#define REDIS_HANDSHAKE_H

/* The layout of the keys; `schema` in Redis. */
#define SCHEMA_VERSION "2"

/* The beginning of an error that says that this version can never use that
 * server. */
#define HANDSHAKE_NEWER "the keys were written by a newer baotin"

#include <stddef.h>

#include <jansson.h>

struct conf;
struct redisAsyncContext;
struct handshake;

/* error is NULL when the connection may be used; warnings: an array of
 * sentences, borrowed; run_id: of the server, "" when it does not tell;
 * replicas: that it has now, 0 when it does not tell.
 * Called at most once, never after the context died. */
typedef void handshake_done(const char *error, const json_t *warnings,
    const char *run_id, size_t replicas, void *arg);

/* While the keys of an older layout are converted: every now and then. text: a
 * sentence. */
typedef void handshake_progress(const char *text, void *arg);

/* progress: NULL when another connection converts keys; then that is an
 * error until it has. Freed by itself after done(…), or when the context goes
 * away. */
void handshake_start(struct redisAsyncContext *, const struct conf *,
    handshake_progress *, handshake_done *, void *arg);

#endif
