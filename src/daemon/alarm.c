/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The set of raised alarms: a change of it is news, anything else is not.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/alarm.h"
#include "redis/store.h"

struct alarm {
	TAILQ_ENTRY(alarm) entry;
	char *name, *about, *level, *text;
	int64_t raised_at;
};
TAILQ_HEAD(alarm_list, alarm);

struct alarms {
	struct store *store;
	struct alarm_list raised;
};

struct alarms *
alarms_new(struct store *store)
{
	struct alarms *alarms = xcalloc(1, sizeof(*alarms));

	alarms->store = store;
	TAILQ_INIT(&alarms->raised);
	return alarms;
}

static void
drop(struct alarms *alarms, struct alarm *alarm)
{
	TAILQ_REMOVE(&alarms->raised, alarm, entry);
	free(alarm->name);
	free(alarm->about);
	free(alarm->level);
	free(alarm->text);
	free(alarm);
}

void
alarms_free(struct alarms *alarms)
{
	struct alarm *alarm;

	if (alarms == NULL)
		return;
	while ((alarm = TAILQ_FIRST(&alarms->raised)) != NULL)
		drop(alarms, alarm);
	free(alarms);
}

static struct alarm *
find(const struct alarms *alarms, const char *name, const char *about)
{
	struct alarm *alarm;

	TAILQ_FOREACH(alarm, &alarms->raised, entry)
		if (strcmp(alarm->name, name) == 0 &&
		    strcmp(alarm->about, about) == 0)
			return alarm;
	return NULL;
}

void
alarm_set(struct alarms *alarms, const char *name, const char *about,
    bool is_raised, const char *level, const char *text)
{
	struct alarm *alarm = find(alarms, name, about);

	if (is_raised == (alarm != NULL))
		return;
	if (!is_raised) {
		log_info("alarm_clear", "alarm=%s about=%s after=%llds", name,
		    about, (long long)(clock_wall_ms() -
		    alarm->raised_at) / 1000);
		store_alarm(alarms->store, name, "clear", about, text);
		drop(alarms, alarm);
		return;
	}
	alarm = xcalloc(1, sizeof(*alarm));
	alarm->name = xstrdup(name);
	alarm->about = xstrdup(about);
	alarm->level = xstrdup(level);
	alarm->text = xstrdup(text);
	alarm->raised_at = clock_wall_ms();
	TAILQ_INSERT_TAIL(&alarms->raised, alarm, entry);
	log_warning("alarm", "alarm=%s about=%s level=%s text=\"%s\"", name,
	    about, level, text);
	store_alarm(alarms->store, name, level, about, text);
}

void
alarm_change(struct alarms *alarms, const char *name, const char *about,
    const char *level, const char *text)
{
	const struct alarm *alarm = find(alarms, name, about);

	if (alarm != NULL && strcmp(alarm->text, text) == 0)
		return;
	alarm_set(alarms, name, about, false, "", "it is another one now");
	alarm_set(alarms, name, about, true, level, text);
}

void
alarms_end(struct alarms *alarms, const char *name, const char *text)
{
	struct alarm *alarm, *next;

	for (alarm = TAILQ_FIRST(&alarms->raised); alarm != NULL;
	    alarm = next) {
		next = TAILQ_NEXT(alarm, entry);
		if (strcmp(alarm->name, name) == 0)
			alarm_set(alarms, name, alarm->about, false, "",
			    text);
	}
}

void
alarms_forget(struct alarms *alarms, const char *about)
{
	struct alarm *alarm, *next;

	for (alarm = TAILQ_FIRST(&alarms->raised); alarm != NULL;
	    alarm = next) {
		next = TAILQ_NEXT(alarm, entry);
		if (strcmp(alarm->about, about) == 0)
			alarm_set(alarms, alarm->name, about, false, "",
			    "removed from the configuration");
	}
}

json_t *
alarms_list(const struct alarms *alarms)
{
	json_t *list = json_array();
	const struct alarm *alarm;

	TAILQ_FOREACH(alarm, &alarms->raised, entry)
		json_array_append_new(list, json_pack("{ss ss ss ss sI}",
		    "alarm", alarm->name, "level", alarm->level,
		    "about", alarm->about, "text", alarm->text,
		    "raised_at", (json_int_t)alarm->raised_at));
	return list;
}
