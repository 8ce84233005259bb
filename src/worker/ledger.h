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

struct proto;
struct worker;

struct ledger {
	bool is_broken;
	int64_t retry_deadline, wait_ms;	/* while broken */
	struct owed *owed;			/* n_owed of them, in order */
	size_t n_owed, room;
	bool wants_compact;
	int64_t since_at;			/* of wants_compact */
	uint64_t confirmed;
};

void ledger_clear(struct worker *);

/* Appends the message. 0; or -1: it is not in the journal (an INTENT is
 * dropped, anything else will follow), and nothing may be submitted. */
int ledger_append(struct worker *, const struct proto *);

/* Room for what a text needs, and everything appended on disk: 0 or -1. */
int ledger_reserve(struct worker *);
int ledger_sync(struct worker *);

/* While broken, and due: tries again. Otherwise: compacts when told to; then
 * nothing may be on the air or intended. */
void ledger_mend(struct worker *);
void ledger_tidy(struct worker *);

/* Once more, whatever the time: the worker ends. */
void ledger_end(struct worker *);

#endif
