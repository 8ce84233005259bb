/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a journal says after its worker died: the outcomes that Redis may
 * lack, and what became of the intents that have no result.
 */
#ifndef JOURNAL_REPLAY_H
#define JOURNAL_REPLAY_H

#include <stdint.h>

struct journal;
struct proto;

struct replay_hooks {
	/* Each journalled RESULT, REPORT, INCOMING, RANG with a number above
	 * `after`, oldest first, as the worker sent it. */
	void (*on_record)(const struct proto *, void *arg);
	/* An INTENT without RESULT, in the shape of a RESULT, which is
	 * journalled now: UNKNOWN when the modem may have it; UNSENT when it
	 * was synced ahead while its predecessor (also without result) was
	 * on the air, in this boot: then it was never submitted. */
	void (*on_open_intent)(const struct proto *, void *arg);
};

/* How many records of each kind the hooks were given. unknown and unsent count
 * open intents. */
struct replay_counts {
	unsigned results, reports, texts, calls, unknown, unsent;
};

/* 0 or -1 (logged). A record whose payload does not decode is logged and
 * passed over. */
int journal_replay(struct journal *, uint64_t after,
    const struct replay_hooks *, void *arg, struct replay_counts *);

#endif
