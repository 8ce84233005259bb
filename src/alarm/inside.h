/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The set of alarms, for the files of this folder only.
 */
#ifndef ALARM_INSIDE_H
#define ALARM_INSIDE_H

#include <sys/queue.h>

#include "alarm/alarm.h"

struct alarm {
	TAILQ_ENTRY(alarm) entry;
	enum alarm_id id;
	char *about;
	enum alarm_level level;		/* as reported last */
	enum alarm_level now;		/* as its cause asks for now */
	char *text;
	char *end;			/* why it ended; "" unknown */
	int64_t raised_at;		/* 0: not raised yet */
	int64_t turned_ms;		/* clock_boot_ms(): its cause came, or
					 * went */
	int64_t acked_at;		/* 0: not yet */
	char *acked_by;
	int64_t texted_at;		/* the last text; 0: none yet */
};
TAILQ_HEAD(alarm_list, alarm);

struct alarms {
	char *path;
	struct alarm_list all;		/* raised or pending */
	json_t *untold;			/* entries for the stream */
	json_t *missed;			/* see alarms_missed() */
	alarms_news *on_news;
	void *arg;
	bool is_dirty;			/* the file is not up to date */
	bool is_failing;		/* the log says so already */
};

struct alarm *alarm_add(struct alarms *, enum alarm_id, const char *about);
void alarm_drop(struct alarms *, struct alarm *);

/* Writes the file. */
void alarms_save(struct alarms *);

#endif
