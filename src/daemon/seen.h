/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What this gateway last saw of Redis: the newest confirmed heartbeat, and the
 * gateways that existed then. A server that lacks this heartbeat has lost its
 * newest data (failover, restored backup).
 *
 * owns: the file redis.seen in state_dir.
 * never does: judge; the Redis function `instance` compares.
 */
#ifndef DAEMON_SEEN_H
#define DAEMON_SEEN_H

struct conf;
struct seen;
struct store_seen;

/* Reads the file that an earlier run left, if there is one. Borrows conf. */
struct seen *seen_new(const struct conf *);
void seen_free(struct seen *);

/* Returns NULL when nothing was seen yet. Borrowed until the next
 * seen_note(). */
const struct store_seen *seen_get(struct seen *);

/* Remembers it, and writes the file when the file is old or the list of
 * gateways changed. */
void seen_note(struct seen *, const struct store_seen *);

#endif
