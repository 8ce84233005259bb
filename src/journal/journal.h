/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file that bridges modem and Redis: what was about to be submitted,
 * what became of it, and what came in, until Redis has it. One file per
 * modem, in state_dir, mode 0600, locked by whoever uses it.
 *
 * owns: the file, its lock, the numbering of its records.
 * promises: a record that was appended and synced survives a power cut; a
 *	torn tail is cut off at the next open; after damage in the middle
 *	the rest is kept in <path>.damaged and its numbers are not reused.
 * never does: look into a payload.
 *
 * Failures are logged here and returned as -1 with errno.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct journal;

struct journal_record {
	uint64_t seq;		/* from 1, never reused */
	uint16_t type;		/* enum proto_type, never PROTO_NONE */
	int64_t at;		/* wall clock */
	bool is_this_boot;	/* written since the machine started */
	const uint8_t *payload;	/* borrowed */
	size_t n;
};

/* Opens or creates. NULL when it can't, or, with errno EWOULDBLOCK and no
 * log line, when another process holds the lock. */
struct journal *journal_open(const char *path);
/* For reading only, as it is now, whoever has the lock; a record that is
 * being written is not seen. NULL: errno, logged unless there is none. */
struct journal *journal_peek(const char *path);
bool journal_is_writable(const struct journal *);
void journal_close(struct journal *);

uint64_t journal_next_seq(const struct journal *);

/* 0 or -1; the record got the number journal_next_seq() told. */
int journal_append(struct journal *, uint16_t type, const void *payload,
    size_t n);
/* fdatasync of what was appended; no call when nothing was. 0 or -1. */
int journal_sync(struct journal *);

/* Every record, oldest first; each() false ends it early. 0, or -1 on a
 * read error. */
int journal_each(struct journal *,
    bool (*each)(const struct journal_record *, void *arg), void *arg);

/* Drops the oldest records, as far as they are before since_at (wall clock)
 * and their numbers not above confirmed, by writing a new file and renaming
 * it; numbering and lock go on. 0 or -1 (then the old file is in use). */
int journal_compact(struct journal *, int64_t since_at, uint64_t confirmed);

/* Octets in the file. */
off_t journal_size(const struct journal *);

/* Takes room for some dozen records from the disk, if there is less, so that
 * they will not fail for lack of it. 0 or -1 with errno. */
int journal_reserve(struct journal *);

/* After a failure: 0 when the file can be written and synced again, and all
 * that was appended is on disk. Its failures are logged only once. */
int journal_restore(struct journal *);

#endif
