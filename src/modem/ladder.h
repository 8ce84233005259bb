/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is done for a modem that does not work: first a new worker, then its
 * radio off and on (AT+CFUN), then a restart of the modem, then an alarm. There
 * is at most one reset in ten minutes and three in an hour. Pure: the caller
 * gives the time (monotonic milliseconds).
 */
#ifndef MODEM_LADDER_H
#define MODEM_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#define LADDER_FAILURES 3	/* failures in a row before a reset */
#define LADDER_RESETS	3	/* at most, in LADDER_HOUR_MS */
#define LADDER_PAUSE_MS 600000	/* at least, between two resets */
#define LADDER_HOUR_MS	3600000

enum ladder_step {
	LADDER_WORKER,		/* a new worker, nothing more */
	LADDER_SOFT,		/* AT+CFUN=0, AT+CFUN=1 */
	LADDER_HARD,		/* the modem restarts */
};

/* All zero: nothing was tried yet. */
struct ladder {
	unsigned failures;		/* since the last reset or success */
	unsigned resets;		/* since the last success */
	unsigned n_at;
	int64_t at[LADDER_RESETS];	/* the newest resets, the oldest
					 * first */
};

/* The modem failed once more. Returns what to do now; a returned reset counts
 * as done. */
enum ladder_step ladder_failed(struct ladder *, int64_t now);

/* The modem has not worked for long, such as without a network. Returns a reset
 * if one is allowed now, else LADDER_WORKER. */
enum ladder_step ladder_reset(struct ladder *, int64_t now);

/* The modem works. The resets of this hour still count. */
void ladder_well(struct ladder *);

/* The modem was unplugged and is back: all counts begin at zero. */
void ladder_clear(struct ladder *);

/* Were both kinds of reset tried without success? */
bool ladder_is_spent(const struct ladder *);

#endif
