/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The calendar's periods that a SIM's quotas are counted in, in the
 * gateway's time zone (the process's TZ). Pure.
 */
#ifndef DISPATCH_QUOTA_H
#define DISPATCH_QUOTA_H

#include <stdint.h>

enum quota_period_kind {
	QUOTA_MINUTE,
	QUOTA_HOUR,
	QUOTA_DAY,
	QUOTA_MONTH,
	QUOTA_END,
};

/* id: the same for every moment of the period and for no other one, such as
 * "202611" or "20261122T0659+0700". Minute and hour carry the offset: where
 * the clock is set back in autumn, an hour comes twice. ends_in_ms: more
 * than 0. */
struct quota_period {
	const char *name;
	char id[24];
	int64_t ends_in_ms;
};

/* The periods that now_ms (wall clock, from 1970 on) lies in, by kind. */
void quota_periods(int64_t now_ms, struct quota_period out[QUOTA_END]);

#endif
