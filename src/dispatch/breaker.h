/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The circuit breaker of one modem. It keeps messages away from a modem that
 * fails, and then lets one message at a time (the probe) find out whether the
 * modem works again.
 *
 *	closed ── 3 failures in a row, 3 different numbers refused in a row,
 *	          or one failure that only an operator can mend ──> open
 *	open ── the pause is over ──> half_open
 *	half_open ── a success ──> closed, or its own failure ──> open
 *
 * The pause is 30 s. It doubles after each failed probe, up to 15 min. A
 * failure that blames the number or the network changes nothing, except when
 * the third number in a row is refused without a success between: then modem,
 * SIM or network is at fault. Pure: the caller logs changes, and gives the time
 * (monotonic milliseconds).
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

/* All zero: closed. */
struct breaker {
	bool is_open;			/* or half open, as the clock says */
	bool is_probing;
	unsigned failures;		/* in a row, while closed */
	unsigned n_refused;		/* different numbers in a row */
	char refused[BREAKER_REFUSALS][PHONE_SIZE];
	int64_t pause_ms;		/* the last pause; 0: none yet */
	int64_t pause_deadline;
	int64_t probe_deadline;		/* then the probe counts as lost */
};

/* May the modem get a message? While half open it gets only one. */
bool breaker_allows(const struct breaker *, int64_t now);

/* The modem got a message. */
void breaker_began(struct breaker *, int64_t now);

/* Notes how a message ended. Call it with (false, false) for a message that was
 * given back unsent, too, so that the next one may probe. Returns true when
 * that opened or closed the breaker. */
bool breaker_note(struct breaker *, bool blames_modem, bool success,
    int64_t now);

/* The network refused this number, whatever the cause. To be called after
 * breaker_note(). Returns true when that opened the breaker. */
bool breaker_refused(struct breaker *, const char *phone, int64_t now);

/* Does the modem refuse every number? True until the first success. */
bool breaker_is_refusing(const struct breaker *);

/* Opens the breaker at once: only an operator can mend the failure. Returns
 * true when it was not open before. */
bool breaker_trip(struct breaker *, int64_t now);

/* Milliseconds until the modem may get a message. 0: now. -1: when the probe
 * ends. */
int64_t breaker_wait_ms(const struct breaker *, int64_t now);

enum breaker_state breaker_state(const struct breaker *, int64_t now);
const char *breaker_state_name(enum breaker_state);

#endif
