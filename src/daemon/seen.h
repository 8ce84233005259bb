/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What this gateway last saw of Redis: the newest heartbeat that was
 * confirmed, and the gateways there were. A server that lacks that heartbeat
 * fell back in time.
 *
 * owns: the file redis.seen in state_dir.
 * never does: judge; the script `instance` compares.
 */
#ifndef DAEMON_SEEN_H
#define DAEMON_SEEN_H

struct conf;
struct seen;
struct store_seen;

/* Reads what an earlier run left, if there is any. Borrows conf. */
struct seen *seen_new(const struct conf *);
void seen_free(struct seen *);

/* NULL: nothing yet. Borrowed, until the next seen_note(). */
const struct store_seen *seen_get(struct seen *);

/* Remembers, and writes the file when it is old or other gateways came. */
void seen_note(struct seen *, const struct store_seen *);

#endif
