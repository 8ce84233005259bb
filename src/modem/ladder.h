/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is done for a modem that does not work: a new worker, then its radio
 * off and on (AT+CFUN), then a restart of the modem, then an alarm. At most
 * one reset in ten minutes and three in an hour, however it fails. Pure: the
 * caller brings the clock (monotonic milliseconds).
 */
#ifndef MODEM_LADDER_H
#define MODEM_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#define LADDER_FAILURES 3	/* in a row before a reset */
#define LADDER_RESETS	3	/* in LADDER_HOUR_MS */
#define LADDER_PAUSE_MS 600000	/* between two */
#define LADDER_HOUR_MS	3600000

enum ladder_step {
	LADDER_WORKER,		/* a new worker, nothing more */
	LADDER_SOFT,		/* AT+CFUN=0, AT+CFUN=1 */
	LADDER_HARD,		/* the modem restarts */
};

/* Zeroed: nothing was tried. */
struct ladder {
	unsigned failures;		/* since the last reset or success */
	unsigned resets;		/* since the last success */
	unsigned n_at;
	int64_t at[LADDER_RESETS];	/* the newest resets, the oldest
					 * first */
};

/* It failed once more: what to do now. A reset counts as done. */
enum ladder_step ladder_failed(struct ladder *, int64_t now);

/* It failed for long (it is on no network, say): a reset now, if one may
 * be, else LADDER_WORKER. */
enum ladder_step ladder_reset(struct ladder *, int64_t now);

/* It works. The resets of this hour still count. */
void ladder_well(struct ladder *);

/* It was unplugged and is back: all counts from zero. */
void ladder_clear(struct ladder *);

/* Were both kinds of reset in vain? */
bool ladder_is_spent(const struct ladder *);

#endif
