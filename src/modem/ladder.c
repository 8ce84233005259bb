/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The steps of the ladder, and how often each may be taken.
 */
#include <string.h>

#include "modem/ladder.h"

static bool
may_reset(const struct ladder *ladder, int64_t now)
{
	if (ladder->n_at == 0)
		return true;
	if (now - ladder->at[ladder->n_at - 1] < LADDER_PAUSE_MS)
		return false;
	return ladder->n_at < LADDER_RESETS ||
	    now - ladder->at[0] >= LADDER_HOUR_MS;
}

static void
note_reset(struct ladder *ladder, int64_t now)
{
	if (ladder->n_at == LADDER_RESETS)
		memmove(ladder->at, ladder->at + 1,
		    --ladder->n_at * sizeof(ladder->at[0]));
	ladder->at[ladder->n_at++] = now;
	ladder->resets++;
	ladder->failures = 0;
}

enum ladder_step
ladder_reset(struct ladder *ladder, int64_t now)
{
	if (!may_reset(ladder, now))
		return LADDER_WORKER;
	note_reset(ladder, now);
	return ladder->resets == 1 ? LADDER_SOFT : LADDER_HARD;
}

enum ladder_step
ladder_failed(struct ladder *ladder, int64_t now)
{
	if (++ladder->failures < LADDER_FAILURES)
		return LADDER_WORKER;
	return ladder_reset(ladder, now);
}

void
ladder_well(struct ladder *ladder)
{
	ladder->failures = 0;
	ladder->resets = 0;
}

void
ladder_clear(struct ladder *ladder)
{
	memset(ladder, 0, sizeof(*ladder));
}

bool
ladder_is_spent(const struct ladder *ladder)
{
	return ladder->resets >= 2 && ladder->failures >= LADDER_FAILURES;
}
