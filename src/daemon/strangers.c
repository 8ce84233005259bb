/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Phones without a dossier share a small number of answers per SIM and hour
 * (lookup.strangers; limits.lua counts). When it is used up, they get no
 * answer, and this alarm says so.
 */
#include "alarm/alarm.h"
#include "base/clock.h"
#include "daemon/state.h"
#include "daemon/strangers.h"

#define HOUR_MS 3600000

static int64_t
this_hour(void)
{
	return clock_wall_ms() / HOUR_MS;
}

void
strangers_cut(const char *about, void *arg)
{
	struct daemon *d = arg;

	d->strangers_hour = this_hour();
	alarm_set(d->alarms, ALARM_STRANGERS, about, true, NULL);
}

void
strangers_sweep(struct daemon *d)
{
	if (d->strangers_hour != this_hour())
		alarms_end(d->alarms, ALARM_STRANGERS, "a new hour has begun");
}
