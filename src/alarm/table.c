/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of alarm.def, and finding a row by its name.
 */
#include <string.h>

#include "alarm/table.h"

static const struct alarm_row rows[ALARM_END] = {
#define A(ID, name, about, level, raise_s, clear_s, text, advice, vi, vi2)    \
	{name, ABOUT_##about, ALARM_##level, raise_s, clear_s, text, advice,  \
	    vi, vi2},
	ALARMS(A)
#undef A
};

const struct alarm_row *
alarm_row(enum alarm_id id)
{
	return &rows[id];
}

enum alarm_id
alarm_find(const char *name)
{
	enum alarm_id id = (enum alarm_id)0;

	while (id < ALARM_END && strcmp(rows[id].name, name) != 0)
		id++;
	return id;
}

const char *
alarm_level_name(enum alarm_level level)
{
	switch (level) {
	case ALARM_NONE:
		break;
	case ALARM_WARNING:
		return "warning";
	case ALARM_CRITICAL:
		return "critical";
	}
	return "clear";
}
