/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks the sentinels, one after the other, where the master is. The one that
 * answered is asked first the next time. They are asked without a password.
 * Source: "Guidelines for Redis clients with support for Redis Sentinel".
 */
#ifndef REDIS_SENTINEL_H
#define REDIS_SENTINEL_H

struct conf;
struct event_base;
struct sentinel;

/* address: "host:port", "[v6]:port", borrowed; NULL with error, a sentence.
 */
typedef void sentinel_found(const char *address, const char *error,
    void *arg);

/* Borrows conf. NULL when redis.sentinels is empty. */
struct sentinel *sentinel_new(struct event_base *, const struct conf *,
    sentinel_found *, void *arg);
void sentinel_free(struct sentinel *);

/* Begins to ask. Calls found() once, from the loop, after at most a second per
 * sentinel. */
void sentinel_ask(struct sentinel *);
/* Ends the search without calling found(). */
void sentinel_cancel(struct sentinel *);

#endif
