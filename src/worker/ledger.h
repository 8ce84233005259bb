/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal as the worker uses it: also while the disk is full, read-only
 * or broken. Then nothing is submitted, and what happens all the same (the
 * end of what is on the air, reports, calls) is told to the daemon with seq
 * 0, kept in memory, and written as soon as that is possible again.
 */
#ifndef WORKER_LEDGER_H
#define WORKER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;
struct link;
struct proto;

/* Borrowed: journal, link and the two names, which log lines and the daemon
 * get. The rest is the ledger's own. */
struct ledger {
	struct journal *journal;
	struct link *link;
	const char *modem, *path;
	bool is_broken;
	int64_t retry_deadline, wait_ms;	/* while broken */
	struct owed *owed;			/* n_owed of them, in order */
	size_t n_owed, room;
	bool wants_compact;
	int64_t since_at;			/* of wants_compact */
	uint64_t confirmed;
};

/* Clears nothing: *ledger is zeroed, or holds what ledger_clear() left. */
void ledger_init(struct ledger *, struct journal *, struct link *,
    const char *modem, const char *path);
void ledger_clear(struct ledger *);

/* The number that the next record gets. */
uint64_t ledger_next_seq(const struct ledger *);

/* Appends the message. 0; or -1: it is not in the journal (an INTENT is
 * dropped, anything else will follow), and nothing may be submitted. */
int ledger_append(struct ledger *, const struct proto *);

/* Room for what a text needs, and everything appended on disk: 0 or -1. */
int ledger_reserve(struct ledger *);
int ledger_sync(struct ledger *);

/* While the journal is broken, and when it is time: tries again. True when
 * the journal goes on again. */
bool ledger_mend(struct ledger *);

/* Compacts the journal when that is wanted (COMPACT) and possible; it may
 * take seconds. Nothing may be on the air or intended. */
bool ledger_wants_tidy(const struct ledger *);
void ledger_tidy(struct ledger *);

/* Tries once more, whatever the time: the worker ends. */
void ledger_end(struct ledger *);

#endif
