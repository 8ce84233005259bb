/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A period ends where its id changes; a binary search finds that moment. So
 * this code needs to know nothing about days of 23 or 25 hours, nor about zones
 * where a day begins at one o'clock when summer time begins.
 */
#include <assert.h>
#include <string.h>
#include <time.h>

#include "dispatch/quota.h"

#define ID_SIZE	sizeof(((struct quota_period *)NULL)->id)

/* at_most_s: no period of this kind is longer. */
static const struct {
	const char *name;
	time_t at_most_s;
} kinds[QUOTA_END] = {
	[QUOTA_MINUTE] = {"minute", 60},
	[QUOTA_HOUR] = {"hour", 3600},
	[QUOTA_DAY] = {"day", 26 * 3600},
	[QUOTA_MONTH] = {"month", (31 * 24 + 2) * 3600},
};

static void
id_of(enum quota_period_kind kind, time_t at, char id[ID_SIZE])
{
	struct tm tm;
	size_t n = 0;

	(void)localtime_r(&at, &tm);
	switch (kind) {
	case QUOTA_MINUTE:
		n = strftime(id, ID_SIZE, "%Y%m%dT%H%M%z", &tm);
		break;
	case QUOTA_HOUR:
		n = strftime(id, ID_SIZE, "%Y%m%dT%H%z", &tm);
		break;
	case QUOTA_DAY:
		n = strftime(id, ID_SIZE, "%Y%m%d", &tm);
		break;
	case QUOTA_MONTH:
		n = strftime(id, ID_SIZE, "%Y%m", &tm);
		break;
	case QUOTA_END:
		break;
	}
	assert(n > 0);
}

/* The first second whose id differs from the one at `from`. */
static time_t
end_of(enum quota_period_kind kind, time_t from, const char *id)
{
	time_t in = from, out = from + kinds[kind].at_most_s;
	char other[ID_SIZE];

	while (out - in > 1) {
		time_t middle = in + (out - in) / 2;

		id_of(kind, middle, other);
		if (strcmp(id, other) == 0)
			in = middle;
		else
			out = middle;
	}
	return out;
}

void
quota_periods(int64_t now_ms, struct quota_period out[QUOTA_END])
{
	time_t now = (time_t)(now_ms / 1000);

	for (int i = 0; i < QUOTA_END; i++) {
		enum quota_period_kind kind = (enum quota_period_kind)i;

		out[i].name = kinds[i].name;
		id_of(kind, now, out[i].id);
		out[i].ends_in_ms = (int64_t)end_of(kind, now, out[i].id) *
		    1000 - now_ms;
	}
}
