/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads events from the stream, a small batch at a time, on a connection of its
 * own (it blocks there).
 *
 * owns: the consumer group and our place in it.
 * promises: first come the entries that we took before and did not
 *	acknowledge, then new ones. The next batch comes only after
 *	reader_done() for each entry.
 * never does: acknowledge: accept and reject do, in their own step.
 */
#ifndef INTAKE_READER_H
#define INTAKE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct conf;
struct event_base;
struct reader;

struct reader_hooks {
	/* entry: its id. entry_at: the time in that id. fields: as
	 * event_parse() wants them. All borrowed. Answer with reader_done(),
	 * now or later. */
	void (*on_entry)(struct reader *, const char *entry,
	    int64_t entry_at, const json_t *fields, void *arg);
};

struct reader *reader_new(struct event_base *, const struct conf *,
    const struct reader_hooks *, void *arg);
void reader_free(struct reader *);

/* One entry is finished. has_failed: Redis gave no answer, so the entry will be
 * read again. */
void reader_done(struct reader *, int has_failed);

/* Starts paused. While it is paused, nothing new is read. */
void reader_pause(struct reader *, bool is_paused);

/* Entries of another consumer became ours: they are read next. */
void reader_look_back(struct reader *);

/* Reads nothing more; entries that were handed out may still be finished. */
void reader_stop(struct reader *);

#endif
