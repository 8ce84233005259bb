/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks the C library for the local day, so that zones with summer time work,
 * too.
 */
#include <time.h>

#include "dispatch/window.h"

#define DAY_MINUTES 1440

static struct tm
local_time(int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm tm;

	(void)localtime_r(&now, &tm);
	return tm;
}

static int
minute_of(const struct tm *tm)
{
	return tm->tm_hour * 60 + tm->tm_min;
}

bool
window_is_open(int from, int to, int64_t now_ms)
{
	struct tm tm = local_time(now_ms);
	int minute = minute_of(&tm);

	return minute >= from && minute < to;
}

int64_t
window_until_turn_ms(int from, int to, int64_t now_ms)
{
	struct tm tm = local_time(now_ms);
	int minute = minute_of(&tm), turn;
	int64_t at_ms;

	if (minute < from)
		turn = from;
	else if (minute < to)
		turn = to;
	else
		turn = DAY_MINUTES + from;
	tm.tm_hour = 0;
	tm.tm_min = turn;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	at_ms = (int64_t)mktime(&tm) * 1000;
	return at_ms > now_ms ? at_ms - now_ms : 60000;
}
