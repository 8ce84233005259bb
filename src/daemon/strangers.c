/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Phones without a dossier share a small number of answers per SIM and hour
 * (lookup.strangers; common.lua counts). Above it this alarm tells that they
 * get none.
 */
#include "base/clock.h"
#include "daemon/alarm.h"
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
	alarm_set(d->alarms, "strangers", about, true, "warning",
	    "phones without a dossier asked for more than lookup.strangers "
	    "answers in this hour: until the next one they get none; citizens "
	    "with a dossier do");
}

void
strangers_sweep(struct daemon *d)
{
	if (d->strangers_hour != this_hour())
		alarms_end(d->alarms, "strangers", "a new hour has begun");
}
