/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The set of raised alarms and of pending ones. A cause that has not lasted
 * long enough yet waits here with raised_at 0.
 */
#include <stdlib.h>
#include <string.h>

#include "alarm/inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define UNTOLD_MOST 500 /* beyond it, the oldest entries are dropped */
#define MISSED_MOST 20

static struct alarm *
find(const struct alarms *alarms, enum alarm_id id, const char *about)
{
	struct alarm *alarm;

	TAILQ_FOREACH(alarm, &alarms->all, entry)
		if (alarm->id == id && strcmp(alarm->about, about) == 0)
			return alarm;
	return NULL;
}

static void
put(char **slot, const char *text)
{
	char *copy = xstrdup(text);

	free(*slot);
	*slot = copy;
}

/* --- the stream ----------------------------------------------------------- */

static void
tell(struct alarms *alarms, const struct alarm *alarm, const char *level,
    const char *text)
{
	json_array_append_new(alarms->untold, json_pack(
	    "{ss ss ss ss ss sI}", "alarm", alarm_row(alarm->id)->name,
	    "level", level, "about", alarm->about, "text", text, "by",
	    strcmp(level, "ack") == 0 ? alarm->acked_by : "", "at",
	    (json_int_t)clock_wall_ms()));
	if (json_array_size(alarms->untold) > UNTOLD_MOST)
		json_array_remove(alarms->untold, 0);
	alarms_save(alarms);
	if (alarms->on_news != NULL)
		alarms->on_news(alarms->arg);
}

static void
raise_it(struct alarms *alarms, struct alarm *alarm)
{
	const char *level = alarm_level_name(alarm->now);

	if (alarm->raised_at == 0)
		alarm->raised_at = clock_wall_ms();
	alarm->level = alarm->now;
	log_warning("alarm", "alarm=%s about=%s level=%s text=\"%s\"",
	    alarm_row(alarm->id)->name, alarm->about, level, alarm->text);
	tell(alarms, alarm, level, alarm->text);
}

/* The alarm ends before a text about it was sent. */
static void
miss(struct alarms *alarms, const struct alarm *alarm)
{
	if (alarm->texted_at != 0 || alarm->acked_at != 0)
		return;
	json_array_append_new(alarms->missed, json_pack("{ss ss sI sI}",
	    "alarm", alarm_row(alarm->id)->name, "about", alarm->about,
	    "raised_at", (json_int_t)alarm->raised_at, "ended_at",
	    (json_int_t)clock_wall_ms()));
	if (json_array_size(alarms->missed) > MISSED_MOST)
		json_array_remove(alarms->missed, 0);
}

static void
clear_it(struct alarms *alarms, struct alarm *alarm)
{
	const char *end = *alarm->end != '\0' ? alarm->end
	    : "it is well again";

	if (alarm->raised_at != 0) {
		log_info("alarm_clear", "alarm=%s about=%s after=%llds",
		    alarm_row(alarm->id)->name, alarm->about,
		    (long long)(clock_wall_ms() - alarm->raised_at) / 1000);
		miss(alarms, alarm);
		tell(alarms, alarm, "clear", end);
	}
	alarm_drop(alarms, alarm);
	alarms->is_dirty = true;
}

/* Raises or clears the alarm when its cause has lasted, or been gone, for long
 * enough. */
static void
settle(struct alarms *alarms, struct alarm *alarm)
{
	const struct alarm_row *row = alarm_row(alarm->id);
	int64_t lasts_ms = clock_boot_ms() - alarm->turned_ms;
	bool is_raised = alarm->raised_at != 0;

	if (alarm->now != ALARM_NONE) {
		if (is_raised ? alarm->now != alarm->level
		    : lasts_ms >= (int64_t)row->raise_s * 1000)
			raise_it(alarms, alarm);
	} else if (!is_raised || (row->clear_s != UNTIL_ACK &&
	    lasts_ms >= (int64_t)row->clear_s * 1000)) {
		clear_it(alarms, alarm);
	}
}

void
alarms_tick(struct alarms *alarms)
{
	struct alarm *alarm, *next;

	for (alarm = TAILQ_FIRST(&alarms->all); alarm != NULL; alarm = next) {
		next = TAILQ_NEXT(alarm, entry);
		settle(alarms, alarm);
	}
	if (alarms->is_dirty)
		alarms_save(alarms);
}

/* --- what the parts report ------------------------------------------------ */

void
alarm_set_level(struct alarms *alarms, enum alarm_id id, const char *about,
    enum alarm_level level, const char *text)
{
	struct alarm *alarm = find(alarms, id, about);

	if (alarm == NULL && level == ALARM_NONE)
		return;
	if (alarm == NULL)
		alarm = alarm_add(alarms, id, about);
	if ((alarm->now == ALARM_NONE) != (level == ALARM_NONE))
		alarm->turned_ms = clock_boot_ms();
	if (level == ALARM_NONE)
		put(&alarm->end, text != NULL ? text : "");
	else if (alarm->raised_at == 0 || level != alarm->level)
		put(&alarm->text, text != NULL ? text : alarm_row(id)->text);
	alarm->now = level;
	settle(alarms, alarm);
}

void
alarm_set(struct alarms *alarms, enum alarm_id id, const char *about,
    bool is_raised, const char *text)
{
	alarm_set_level(alarms, id, about, is_raised ? alarm_row(id)->level
	    : ALARM_NONE, text);
}

static void
end_now(struct alarms *alarms, struct alarm *alarm, const char *text)
{
	put(&alarm->end, text);
	clear_it(alarms, alarm);
}

void
alarm_change(struct alarms *alarms, enum alarm_id id, const char *about,
    const char *text)
{
	struct alarm *alarm = find(alarms, id, about);

	if (alarm != NULL && strcmp(alarm->text, text) == 0)
		return;
	if (alarm != NULL)
		end_now(alarms, alarm, "it is another one now");
	alarm_set(alarms, id, about, true, text);
}

bool
alarm_is_raised(const struct alarms *alarms, enum alarm_id id,
    const char *about)
{
	const struct alarm *alarm = find(alarms, id, about);

	return alarm != NULL && alarm->raised_at != 0;
}

void
alarms_end(struct alarms *alarms, enum alarm_id id, const char *text)
{
	struct alarm *alarm, *next;

	for (alarm = TAILQ_FIRST(&alarms->all); alarm != NULL; alarm = next) {
		next = TAILQ_NEXT(alarm, entry);
		if (alarm->id == id)
			end_now(alarms, alarm, text);
	}
}

void
alarms_forget(struct alarms *alarms, alarm_has *has, void *arg)
{
	struct alarm *alarm, *next;

	for (alarm = TAILQ_FIRST(&alarms->all); alarm != NULL; alarm = next) {
		next = TAILQ_NEXT(alarm, entry);
		if (!has(alarm_row(alarm->id)->about, alarm->about, arg))
			end_now(alarms, alarm, "removed from the "
			    "configuration");
	}
}

unsigned
alarms_ack(struct alarms *alarms, enum alarm_id id, const char *about,
    const char *by)
{
	struct alarm *alarm, *next;
	unsigned n = 0;

	for (alarm = TAILQ_FIRST(&alarms->all); alarm != NULL; alarm = next) {
		const struct alarm_row *row = alarm_row(alarm->id);

		next = TAILQ_NEXT(alarm, entry);
		if (alarm->raised_at == 0 ||
		    (id != ALARM_END && id != alarm->id) ||
		    (about != NULL && strcmp(about, alarm->about) != 0))
			continue;
		n++;
		if (alarm->acked_at != 0)
			continue;
		alarm->acked_at = clock_wall_ms();
		put(&alarm->acked_by, by);
		log_info("alarm_ack", "alarm=%s about=%s by=\"%s\"",
		    row->name, alarm->about, by);
		tell(alarms, alarm, "ack", alarm->text);
		if (row->clear_s == UNTIL_ACK)
			end_now(alarms, alarm, "it was acknowledged");
	}
	return n;
}

/* --- what others read ----------------------------------------------------- */

json_t *
alarms_list(const struct alarms *alarms)
{
	json_t *list = json_array();
	const struct alarm *alarm;

	TAILQ_FOREACH(alarm, &alarms->all, entry) {
		const struct alarm_row *row = alarm_row(alarm->id);

		if (alarm->raised_at == 0)
			continue;
		json_array_append_new(list, json_pack(
		    "{ss ss ss ss ss so sI so ss}", "alarm", row->name,
		    "level", alarm_level_name(alarm->level),
		    "about", alarm->about, "text", alarm->text,
		    "advice", row->advice, "doc", json_sprintf(
		    "operating.md#%s", row->name), "raised_at",
		    (json_int_t)alarm->raised_at, "acked_at",
		    alarm->acked_at != 0 ? json_integer(alarm->acked_at)
		    : json_null(), "acked_by", alarm->acked_by));
	}
	return list;
}

const json_t *
alarms_untold(const struct alarms *alarms)
{
	return json_array_get(alarms->untold, 0);
}

void
alarms_told(struct alarms *alarms)
{
	json_array_remove(alarms->untold, 0);
	alarms->is_dirty = true;
}

void
alarms_on_news(struct alarms *alarms, alarms_news *on_news, void *arg)
{
	alarms->on_news = on_news;
	alarms->arg = arg;
}

int64_t
alarm_texted_at(const struct alarms *alarms, enum alarm_id id,
    const char *about)
{
	const struct alarm *alarm = find(alarms, id, about);

	return alarm != NULL ? alarm->texted_at : 0;
}

void
alarm_texted(struct alarms *alarms, enum alarm_id id, const char *about,
    int64_t at)
{
	struct alarm *alarm = find(alarms, id, about);

	if (alarm == NULL)
		return;
	alarm->texted_at = at;
	alarms_save(alarms);
}

const json_t *
alarms_missed(const struct alarms *alarms)
{
	return json_array_get(alarms->missed, 0);
}

void
alarms_missed_told(struct alarms *alarms)
{
	json_array_remove(alarms->missed, 0);
	alarms->is_dirty = true;
}
