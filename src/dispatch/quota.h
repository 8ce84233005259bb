/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The calendar's periods in which a SIM's quotas are counted, in the gateway's
 * time zone (the process's TZ). Pure.
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

/* id: "202611" or "20261122T0659+0700". It is the same for every moment of the
 * period, and no other period has it. Minute and hour carry the offset, because
 * an hour comes twice when the clock is set back in autumn. ends_in_ms: more
 * than 0. */
struct quota_period {
	const char *name;
	char id[24];
	int64_t ends_in_ms;
};

/* Writes for each kind the period that contains now_ms (wall clock, from 1970
 * on). */
void quota_periods(int64_t now_ms, struct quota_period out[QUOTA_END]);

#endif
