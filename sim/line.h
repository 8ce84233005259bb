/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Owns one pseudo terminal and the symlink that gives it a stable name.
 * Promises: bytes written while nobody has the terminal open are lost, as
 * on real hardware; a peer that does not read never blocks the simulator.
 */
#ifndef SIM_LINE_H
#define SIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct line;
struct line_watch;

/* Tells when terminals are opened and closed; one for all lines. NULL when
 * the system has none to give (logged): lines then count as always open. */
struct line_watch *line_watch_new(struct event_base *);
void line_watch_free(struct line_watch *);

typedef void line_read_cb(const uint8_t *bytes, size_t n, void *arg);

/* Opens a terminal in raw mode and makes path a symlink to it; an older
 * symlink there is replaced. NULL: no terminal, or path taken. */
struct line *line_open(struct event_base *, struct line_watch *,
    const char *path, line_read_cb *, void *arg);

/* Hangs up: the peer sees end of file, the symlink goes. */
void line_close(struct line *);

/* Appends to what goes out; line_flush() writes it. */
void line_write(struct line *, const void *, size_t n);
void line_flush(struct line *);

/* Somebody has the terminal open. */
bool line_is_open(const struct line *);

#endif
