/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The texts in hand: at most two, the second one waiting so that its first
 * segment starts without a round trip to the daemon.
 */
#ifndef WORKER_SEND_H
#define WORKER_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/proto.h"
#include "text/segment.h"

#define TEXTS_MAX 2

struct worker;

struct text {
	struct proto frame;	/* a SUBMIT */
	struct segments segments;
	unsigned next;		/* index of the segment to send next */
	bool has_begun;		/* a segment of it was handed over */
	int64_t begun_at;	/* the last one, wall clock */
};

struct sending {
	struct text *texts[TEXTS_MAX];
	unsigned n;
	bool is_submitting;	/* texts[0] is in a call that may submit it,
				 * or what became of it is being settled */
	int64_t silent_deadline;	/* then nobody waits behind it */
	bool is_in_flight;	/* texts[0]'s segment `next` is on the air */
	int64_t deadline;	/* for its answer */
	bool is_answered;	/* the callback came */
	int status, reference;	/* what it said */
	/* The segment whose intent is in the journal without a result, and
	 * that was not handed over; NULL none. */
	const struct text *intended;
	unsigned intended_next;
	bool is_intent_safe;	/* and it is synced */
};

/* Takes a SUBMIT (its content is moved out of *frame). */
void send_take(struct worker *, struct proto *frame);

/* Does what can be done now; true when something changed and it should be
 * called again. */
bool send_step(struct worker *);

/* libgammu's callback ends here. */
void send_answered(struct worker *, int status, int reference);

/* The last answers: what is on the air becomes UNKNOWN for this reason,
 * what waits UNSENT. */
void send_end(struct worker *, const char *reason);
/* Only the waiting ones, of which no segment is out yet. */
void send_end_waiting(struct worker *, const char *reason);
/* All that is not being submitted at this moment: the modem is silent. May be
 * called while a call of the library or a command waits for the modem. */
void send_give_back(struct worker *);

/* When the text that waits behind the one on the air must go elsewhere: its
 * lease ends, or the modem is silent for too long
 * (CLOCK_MONOTONIC, ms); INT64_MAX: none waits. */
int64_t send_waiting_deadline(const struct worker *);

#endif
