/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The circuit breaker of one modem: keeps work away from a modem that
 * fails, and lets one message after another find out when it works again.
 *
 *	closed ── 3 failures in a row, 3 different numbers refused in a row,
 *	    or one failure that needs a hand ──> open
 *	open ── the pause is over ──> half_open
 *	half_open ── a success ──> closed, or its own failure ──> open
 *
 * The pause is 30 s, twice as long after each probe that failed, 15 min at
 * most. A failure that blames the number or the network says nothing about
 * the modem and moves nothing, but for the third number that is refused
 * without a success between: then it is the modem, its SIM or the network.
 * Pure: the caller logs changes, and brings the clock (monotonic
 * milliseconds).
 */
#ifndef DISPATCH_BREAKER_H
#define DISPATCH_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/phone.h"

#define BREAKER_FAILURES	3
#define BREAKER_REFUSALS	3	/* as REFUSALS in settle.lua */
#define BREAKER_PAUSE_MS	30000
#define BREAKER_PAUSE_MAX_MS	900000

#define BREAKER_STATES(X)                                                     \
	X(CLOSED, "closed")                                                   \
	X(OPEN, "open")                                                       \
	X(HALF_OPEN, "half_open")

enum breaker_state {
#define X(id, name) BREAKER_##id,
	BREAKER_STATES(X)
#undef X
};

/* Zeroed: closed. */
struct breaker {
	bool is_open;			/* or half open: by the clock */
	bool is_probing;
	unsigned failures;		/* in a row, while closed */
	unsigned n_refused;		/* different numbers in a row */
	char refused[BREAKER_REFUSALS][PHONE_SIZE];
	int64_t pause_ms;		/* the last one, 0: none yet */
	int64_t pause_deadline;
	int64_t probe_deadline;		/* then the probe counts as lost */
};

/* May the modem be given a message? While half open: only one. */
bool breaker_allows(const struct breaker *, int64_t now);

/* It was given one. */
void breaker_began(struct breaker *, int64_t now);

/* How one ended; also (false, false) for one that was given back unsent, so
 * that the next may probe. True when that opened or closed it. */
bool breaker_note(struct breaker *, bool blames_modem, bool success,
    int64_t now);

/* Whatever the cause, this number was refused; after breaker_note(). True
 * when that opened it. */
bool breaker_refused(struct breaker *, const char *phone, int64_t now);

/* Does it refuse everybody? Until the first success. */
bool breaker_is_refusing(const struct breaker *);

/* A failure that only an operator can mend: opens at once. True when that
 * opened it. */
bool breaker_trip(struct breaker *, int64_t now);

/* Milliseconds until it may be given a message: 0 now, -1 only the end of
 * the probe under way can tell. */
int64_t breaker_wait_ms(const struct breaker *, int64_t now);

enum breaker_state breaker_state(const struct breaker *, int64_t now);
const char *breaker_state_name(enum breaker_state);

#endif
