/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The set in memory and its file: {"raised": […], "untold": […], "missed":
 * […]}. Each change replaces the whole file. When the file can't be read, the
 * daemon starts without its earlier alarms.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

struct alarm *
alarm_add(struct alarms *alarms, enum alarm_id id, const char *about)
{
	struct alarm *alarm = xcalloc(1, sizeof(*alarm));

	alarm->id = id;
	alarm->about = xstrdup(about);
	alarm->text = xstrdup(alarm_row(id)->text);
	alarm->end = xstrdup("");
	alarm->acked_by = xstrdup("");
	alarm->turned_ms = clock_boot_ms();
	TAILQ_INSERT_TAIL(&alarms->all, alarm, entry);
	return alarm;
}

void
alarm_drop(struct alarms *alarms, struct alarm *alarm)
{
	TAILQ_REMOVE(&alarms->all, alarm, entry);
	free(alarm->about);
	free(alarm->text);
	free(alarm->end);
	free(alarm->acked_by);
	free(alarm);
}

static json_t *
raised_out(const struct alarms *alarms)
{
	json_t *list = json_array();
	const struct alarm *alarm;

	TAILQ_FOREACH(alarm, &alarms->all, entry)
		if (alarm->raised_at != 0)
			json_array_append_new(list, json_pack(
			    "{ss ss ss si sI sI ss sI}",
			    "alarm", alarm_row(alarm->id)->name,
			    "about", alarm->about, "text", alarm->text,
			    "level", (int)alarm->level,
			    "raised_at", (json_int_t)alarm->raised_at,
			    "acked_at", (json_int_t)alarm->acked_at,
			    "acked_by", alarm->acked_by, "texted_at",
			    (json_int_t)alarm->texted_at));
	return list;
}

void
alarms_save(struct alarms *alarms)
{
	json_t *all = json_pack("{so sO sO}", "raised", raised_out(alarms),
	    "untold", alarms->untold, "missed", alarms->missed);
	char *path = xasprintf("%s.new", alarms->path);

	if (json_dump_file(all, path, JSON_COMPACT) == -1 ||
	    rename(path, alarms->path) == -1) {
		if (!alarms->is_failing)
			log_warning("alarms_unwritten", "file=%s "
			    "error=\"%s\"", alarms->path, strerror(errno));
		alarms->is_failing = true;
	} else {
		alarms->is_failing = false;
	}
	alarms->is_dirty = alarms->is_failing;
	free(path);
	json_decref(all);
}

/* Ignores an alarm that this version does not know any more. */
static void
raised_in(struct alarms *alarms, json_t *row)
{
	const char *name, *about, *text, *by;
	json_int_t raised_at, acked_at;
	struct alarm *alarm;
	enum alarm_id id;
	int level;

	if (json_unpack(row, "{ss ss ss si sI sI ss}", "alarm", &name,
	    "about", &about, "text", &text, "level", &level, "raised_at",
	    &raised_at, "acked_at", &acked_at, "acked_by", &by) == -1 ||
	    (id = alarm_find(name)) == ALARM_END ||
	    level < ALARM_WARNING || level > ALARM_CRITICAL || raised_at <= 0)
		return;
	alarm = alarm_add(alarms, id, about);
	free(alarm->text);
	free(alarm->acked_by);
	alarm->text = xstrdup(text);
	alarm->acked_by = xstrdup(by);
	alarm->level = alarm->now = (enum alarm_level)level;
	alarm->raised_at = raised_at;
	alarm->acked_at = acked_at;
	alarm->texted_at = json_integer_value(json_object_get(row,
	    "texted_at"));
}

static void
load(struct alarms *alarms)
{
	json_t *all, *raised, *untold, *row;
	size_t i;

	errno = 0;
	all = json_load_file(alarms->path, 0, NULL);
	raised = json_object_get(all, "raised");
	untold = json_object_get(all, "untold");
	if (all == NULL && errno == ENOENT)
		return;
	if (!json_is_array(raised) || !json_is_array(untold)) {
		log_warning("alarms_damaged", "file=%s text=\"passed over\"",
		    alarms->path);
		json_decref(all);
		return;
	}
	json_array_foreach(raised, i, row)
		raised_in(alarms, row);
	json_array_extend(alarms->untold, untold);
	if (json_is_array(json_object_get(all, "missed")))
		json_array_extend(alarms->missed, json_object_get(all,
		    "missed"));
	json_decref(all);
}

struct alarms *
alarms_new(const char *state_dir)
{
	struct alarms *alarms = xcalloc(1, sizeof(*alarms));

	TAILQ_INIT(&alarms->all);
	alarms->path = xasprintf("%s/alarms.json", state_dir);
	alarms->untold = json_array();
	alarms->missed = json_array();
	load(alarms);
	return alarms;
}

void
alarms_free(struct alarms *alarms)
{
	struct alarm *alarm;

	if (alarms == NULL)
		return;
	if (alarms->is_dirty)
		alarms_save(alarms);
	while ((alarm = TAILQ_FIRST(&alarms->all)) != NULL)
		alarm_drop(alarms, alarm);
	json_decref(alarms->untold);
	json_decref(alarms->missed);
	free(alarms->path);
	free(alarms);
}
