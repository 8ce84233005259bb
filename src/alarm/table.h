/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rows of alarm.def.
 */
#ifndef ALARM_TABLE_H
#define ALARM_TABLE_H

#include "alarm/alarm.def"

enum alarm_id {
#define A(ID, name, about, level, raise_s, clear_s, text, advice, vi, vi2)    \
	ALARM_##ID,
	ALARMS(A)
#undef A
	ALARM_END,
};

/* In the order of their weight, the lightest first. */
enum alarm_level {
	ALARM_NONE,
	ALARM_WARNING,
	ALARM_CRITICAL,
};

enum alarm_about {
	ABOUT_GATEWAY,		/* nothing else: "" */
	ABOUT_MODEM,
	ABOUT_POOL,
	ABOUT_AGENCY,
	ABOUT_OTHER,
};

struct alarm_row {
	const char *name;	/* a stable word: "modem_down" */
	enum alarm_about about;
	enum alarm_level level;
	unsigned raise_s, clear_s;
#define UNTIL_ACK 0xffffffffU	/* clear_s: it ends when acknowledged */
	const char *text, *advice;
	const char *vi, *vi_advice;
};

const struct alarm_row *alarm_row(enum alarm_id);

/* Returns ALARM_END when no alarm has this name. */
enum alarm_id alarm_find(const char *name);

/* "warning", "critical"; "clear" for ALARM_NONE. */
const char *alarm_level_name(enum alarm_level);

#endif
