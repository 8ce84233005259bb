/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal as the worker uses it, also while the disk is full, read-only or
 * broken. While the journal is broken, nothing is submitted. What happens all
 * the same (the outcome of a text on the air, reports, calls) goes to the
 * daemon with seq 0, is kept in memory, and is written as soon as that is
 * possible again.
 */
#ifndef WORKER_LEDGER_H
#define WORKER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;
struct link;
struct proto;

/* Borrows the journal, the link and the two names, which appear in log lines
 * and frames. The rest belongs to the ledger. */
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

/* Does not free anything: *ledger must be zero, or as ledger_clear() left
 * it. */
void ledger_init(struct ledger *, struct journal *, struct link *,
    const char *modem, const char *path);
void ledger_clear(struct ledger *);

/* The number that the next record gets. */
uint64_t ledger_next_seq(const struct ledger *);

/* Appends the message. Returns 0; or -1 when it is not in the journal. Then an
 * INTENT is dropped, anything else will follow later, and nothing may be
 * submitted. */
int ledger_append(struct ledger *, const struct proto *);

/* Makes room for what a text needs, and syncs everything appended. Returns 0 or
 * -1. */
int ledger_reserve(struct ledger *);
int ledger_sync(struct ledger *);

/* While the journal is broken: tries again when it is time. Returns true when
 * the journal works again. */
bool ledger_mend(struct ledger *);

/* Compacts the journal when that is wanted (COMPACT) and possible. It may take
 * seconds. Nothing may be on the air or intended. */
bool ledger_wants_tidy(const struct ledger *);
void ledger_tidy(struct ledger *);

/* The worker ends: tries once more, even if it is not yet time. */
void ledger_end(struct ledger *);

#endif
