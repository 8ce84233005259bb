/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An alarm stays as it is while its cause is unknown: when a modem has not
 * started, or Redis has not yet reported a quota.
 */
#include <sys/statvfs.h>
#include <sys/timex.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/queue.h"
#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "daemon/gate.h"
#include "daemon/memory.h"
#include "daemon/modems.h"
#include "daemon/state.h"
#include "daemon/watch.h"
#include "dispatch/dispatch.h"
#include "dispatch/quota.h"
#include "dispatch/window.h"
#include "modem/modem.h"
#include "redis/fault.h"
#include "redis/redis.h"
#include "redis/script.h"
#include "redis/store.h"

#define SLOW_TICKS	 5	/* disk, clock, queue: every 10 s */
#define QUEUE_OLD_MS	 900000
#define DISK_LOW	 (INT64_C(64) << 20)
#define DISK_WELL	 (INT64_C(128) << 20)
#define TIMESYNC	 "/run/systemd/timesync"
#define REJECTS_LEAST	 20	/* events in an hour */
#define MINUTES		 60

struct watch {
	struct daemon *d;
	unsigned ticks;
	bool is_telling;		/* an entry is on its way to Redis */
	bool is_asking;			/* Redis has been asked for the queue */
	struct minute {
		int64_t number;		/* minutes of the wall clock */
		int64_t accepted, rejected;
	} minutes[MINUTES];
	bool was_sending;
	int64_t turned_at;		/* when was_sending changed */
	int64_t began;			/* in minutes */
	int64_t accepted, rejected;	/* the totals at the last look */
};

/* --- modems --------------------------------------------------------------- */

/* The alarm names the SIM's last digits: an operator knows the SIM by them. */
static void
look_at_sim(struct daemon *d, const struct modem *modem)
{
	const char *name = modem_name(modem), *imsi = modem_imsi(modem);
	const char *before = memory_get(d->memory, "sim", name);
	char text[160];

	if (*imsi == '\0' || strcmp(before, imsi) == 0)
		return;
	if (strlen(before) > 4 && strlen(imsi) > 4) {
		(void)snprintf(text, sizeof(text), "another SIM is in this "
		    "modem: its IMSI ends in %s, that of the one before in "
		    "%s", imsi + strlen(imsi) - 4,
		    before + strlen(before) - 4);
		alarm_change(d->alarms, ALARM_SIM_CHANGED, name, text);
	}
	memory_set(d->memory, "sim", name, imsi);
}

/* After a restart nobody remembers earlier failures: a success clears their
 * alarms. */
static void
look_at_success(struct daemon *d, const struct modem *modem)
{
	const char *name = modem_name(modem);

	alarm_set(d->alarms, ALARM_JOURNAL, name, false,
	    "it can be written again");
	if (modem_last_sent_at(modem) == 0)
		return;
	if (!dispatch_is_refusing(d->dispatch, name))
		alarm_set(d->alarms, ALARM_REFUSALS, name, false,
		    "it has sent a text again");
	if (strcmp(dispatch_breaker(d->dispatch, name), "closed") == 0)
		alarm_set(d->alarms, ALARM_MODEM_FAILING, name, false,
		    "it has sent a text again");
}

static void
look_at_inbox(struct daemon *d, const struct modem *modem)
{
	unsigned used, size;
	char text[160];

	if (!modem_inbox(modem, &used, &size))
		return;
	(void)snprintf(text, sizeof(text), "%u of %u places for texts that "
	    "come in are used: reports and citizens' texts are lost when all "
	    "are", used, size);
	alarm_set(d->alarms, ALARM_INBOX_FULL, modem_name(modem),
	    used * 10 >= size * 8, text);
}

static void
set_modem(struct daemon *d, enum alarm_id id, const struct modem *modem,
    bool is_so)
{
	const char *detail;
	enum health_reason reason = modem_reason(modem, &detail);
	char *text = is_so && reason != HEALTH_WELL
	    ? health_sentence(reason, HEALTH_EN, detail) : NULL;

	alarm_set(d->alarms, id, modem_name(modem), is_so, text);
	free(text);
}

static void
look_at_modem(struct daemon *d, const struct modem *modem)
{
	enum modem_state state = modem_state(modem);
	bool is_away = state == MODEM_DOWN || state == MODEM_STARTING ||
	    state == MODEM_RESETTING || state == MODEM_FAILED;

	if (modem_is_leaving(modem))
		return;
	/* No modem starts before Redis has answered what the last run sent. */
	if (!is_away || gate_may_start_modems(d->gate))
		set_modem(d, ALARM_MODEM_DOWN, modem, is_away);
	if (is_away)
		return;
	set_modem(d, ALARM_MODEM_LOCKED, modem, state == MODEM_LOCKED);
	set_modem(d, ALARM_MODEM_UNREGISTERED, modem,
	    state == MODEM_UNREGISTERED);
	if (state == MODEM_READY || state == MODEM_BUSY)
		look_at_success(d, modem);
	look_at_sim(d, modem);
	look_at_inbox(d, modem);
}

static void
look_at_pools(struct daemon *d)
{
	if (!gate_may_start_modems(d->gate))
		return;
	for (size_t i = 0; i < d->conf->n_pools; i++) {
		const struct conf_pool *pool = &d->conf->pools[i];
		bool can_send = false;

		for (size_t m = 0; m < d->n_modems; m++)
			if (conf_pool_has(pool, modem_name(d->modems[m])) &&
			    modem_can_send(d->modems[m]))
				can_send = true;
		alarm_set(d->alarms, ALARM_NO_MODEM, pool->name, !can_send,
		    NULL);
	}
}

/* --- quotas --------------------------------------------------------------- */

/* used: -1, not known. limit: 0, none. */
static void
look_at_quota(struct daemon *d, enum alarm_id id, const char *modem,
    int64_t used, int64_t limit, const char *what)
{
	enum alarm_level level = ALARM_NONE;
	char text[120];

	if (limit > 0 && used < 0)
		return;
	if (limit > 0 && used >= limit)
		level = ALARM_CRITICAL;
	else if (limit > 0 && used * 5 >= limit * 4)
		level = ALARM_WARNING;
	if (limit > 0)
		(void)snprintf(text, sizeof(text), "%lld of %lld %s are used",
		    (long long)used, (long long)limit, what);
	else
		(void)snprintf(text, sizeof(text), "there is no limit");
	alarm_set_level(d->alarms, id, modem, level, text);
}

static void
look_at_quotas(struct daemon *d, const char *modem)
{
	struct dispatch_quota quotas[DISPATCH_QUOTAS], *day = NULL,
	    *month = NULL;
	size_t n = dispatch_quotas(d->dispatch, modem, quotas);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(quotas[i].period, "day") == 0)
			day = &quotas[i];
		else if (strcmp(quotas[i].period, "month") == 0)
			month = &quotas[i];
	}
	look_at_quota(d, ALARM_QUOTA_DAY, modem, day != NULL ? day->used : 0,
	    day != NULL ? day->limit : 0, "segments of this day");
	look_at_quota(d, ALARM_QUOTA_MONTH, modem, month != NULL
	    ? month->used : 0, month != NULL ? month->limit : 0,
	    "segments of this month");
}

struct asked {
	struct daemon *d;
	char *modem;
};

static void
on_recipients(const json_t *reply, const char *error, void *arg)
{
	struct asked asked = *(struct asked *)arg;
	const struct conf_modem *own = conf_modem_find(asked.d->conf,
	    asked.modem);

	if (error == NULL && own != NULL)
		look_at_quota(asked.d, ALARM_QUOTA_RECIPIENTS, asked.modem,
		    json_integer_value(reply), own->limits.recipients_month,
		    "recipients of this month");
	free(asked.modem);
	free(arg);
}

/* lease.lua keeps this month's recipients of each SIM as a set. */
static void
ask_recipients(struct daemon *d, const struct modem *modem)
{
	const char *imsi = modem_imsi(modem), *name = modem_name(modem);
	struct quota_period periods[QUOTA_END];
	struct asked *asked;
	char *key;

	if (modem_conf(modem)->limits.recipients_month == 0) {
		look_at_quota(d, ALARM_QUOTA_RECIPIENTS, name, 0, 0, "");
		return;
	}
	if (*imsi == '\0')
		return;
	quota_periods(clock_wall_ms(), periods);
	asked = xcalloc(1, sizeof(*asked));
	asked->d = d;
	asked->modem = xstrdup(name);
	key = xasprintf("~recipients:%s:%s", imsi, periods[QUOTA_MONTH].id);
	redis_queryl(d->redis, on_recipients, asked, "SCARD", key,
	    (char *)NULL);
	free(key);
}

/* --- the queue ------------------------------------------------------------ */

/* How long the window has been open today. Returns a whole day when it is
 * always open. */
static int64_t
open_for_ms(const struct conf *conf)
{
	int from = conf->notices.window_from, to = conf->notices.window_to;
	int64_t now = clock_wall_ms();

	if (!window_is_open(from, to, now))
		return 0;
	if (from == 0 && to == 1440)
		return INT64_MAX;
	return (int64_t)(to - from) * 60000 -
	    window_until_turn_ms(from, to, now);
}

static void
on_queue(const json_t *reply, const char *error, void *arg)
{
	struct watch *watch = arg;
	struct daemon *d = watch->d;
	int64_t open_ms = open_for_ms(d->conf), oldest_at, waits_ms;
	json_t *totals;
	char text[200];

	watch->is_asking = false;
	if (error != NULL)
		return;
	totals = queue_totals(reply);
	oldest_at = json_integer_value(json_object_get(totals, "oldest_at"));
	json_decref(totals);
	waits_ms = oldest_at != 0 ? clock_wall_ms() - oldest_at : 0;
	if (waits_ms > open_ms)
		waits_ms = open_ms;
	(void)snprintf(text, sizeof(text), "the oldest text that is ready has "
	    "waited for %lld minutes within notices.window",
	    (long long)waits_ms / 60000);
	alarm_set(d->alarms, ALARM_QUEUE_OLD, "", waits_ms > QUEUE_OLD_MS,
	    waits_ms > QUEUE_OLD_MS ? text : "nothing waits that long");
}

static void
ask_queue(struct watch *watch)
{
	struct daemon *d = watch->d;

	if (watch->is_asking || !gate_is_open(d->gate))
		return;
	watch->is_asking = true;
	call_raw(d->redis, d->conf, SCRIPT_QUEUE, queue_args(d->conf),
	    on_queue, watch);
}

/* --- Redis ---------------------------------------------------------------- */

static void
look_at_redis(struct daemon *d)
{
	const json_t *warnings = redis_warnings(d->redis), *warning;
	bool is_down = !redis_answers(d->redis);
	char text[600] = "";
	size_t i, n = 0;

	(void)snprintf(text, sizeof(text), "Redis at %s: %s",
	    redis_address(d->redis), is_down ? redis_trouble(d->redis)
	    : "it answers again");
	alarm_set(d->alarms, ALARM_REDIS_DOWN, "", is_down, text);
	if (is_down)
		return;
	text[0] = '\0';
	json_array_foreach(warnings, i, warning)
		if (n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s", i > 0 ? "; " : "",
			    json_string_value(warning));
	alarm_set(d->alarms, ALARM_REDIS_FORGETS, "", text[0] != '\0',
	    text[0] != '\0' ? text : "it keeps what it is told");
}

/* --- rejected events ------------------------------------------------------ */

static void
look_at_rejects(struct watch *watch)
{
	int64_t accepted = metric_get(METRIC_EVENTS_ACCEPTED), sum = 0;
	int64_t rejected = metric_get(METRIC_EVENTS_REJECTED), bad = 0;
	int64_t now = clock_boot_ms() / 60000;
	struct minute *minute = &watch->minutes[now % MINUTES];
	char text[160];

	if (minute->number != now)
		*minute = (struct minute){.number = now};
	minute->accepted += accepted - watch->accepted;
	minute->rejected += rejected - watch->rejected;
	watch->accepted = accepted;
	watch->rejected = rejected;
	for (size_t i = 0; i < MINUTES; i++)
		if (now - watch->minutes[i].number < MINUTES) {
			bad += watch->minutes[i].rejected;
			sum += watch->minutes[i].accepted +
			    watch->minutes[i].rejected;
		}
	/* After a restart the hour before is unknown: wait for enough
	 * events. */
	if (sum < REJECTS_LEAST && now - watch->began < MINUTES)
		return;
	(void)snprintf(text, sizeof(text), "%lld of %lld events in the last "
	    "hour were rejected", (long long)bad, (long long)sum);
	alarm_set(watch->d->alarms, ALARM_REJECTS, "",
	    sum >= REJECTS_LEAST && bad * 10 > sum, text);
}

/* --- the machine ---------------------------------------------------------- */

static void
look_at_disk(struct daemon *d)
{
	struct statvfs disk;
	int64_t left;
	char text[160];

	if (statvfs(d->conf->gateway.state_dir, &disk) == -1)
		return;
	left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	(void)snprintf(text, sizeof(text), "%lld MB are free below "
	    "gateway.state_dir: without room for its journal no modem sends",
	    (long long)left >> 20);
	alarm_set(d->alarms, ALARM_DISK_LOW, "", left < DISK_LOW ||
	    (left < DISK_WELL && alarm_is_raised(d->alarms, ALARM_DISK_LOW,
	    "")), text);
}

/* The kernel knows whether the clock is synchronised, but our own unit forbids
 * us to ask (ProtectClock=yes). Then the file of systemd-timesyncd tells, if
 * that service runs. Else it is unknown. */
static void
look_at_clock(struct daemon *d)
{
	struct timex state = {.modes = 0};
	bool is_unsure;

	if (adjtimex(&state) != -1)
		is_unsure = (state.status & STA_UNSYNC) != 0;
	else if (access(TIMESYNC, F_OK) == 0)
		is_unsure = access(TIMESYNC "/synchronized", F_OK) == -1;
	else
		return;
	alarm_set(d->alarms, ALARM_CLOCK, "", is_unsure, NULL);
}

/* --- the stream ----------------------------------------------------------- */

static void tell_stream(void *);

/* Redis will never take this entry: drop it. It is in the log. */
static void
on_told(const char *error, void *arg)
{
	struct watch *watch = arg;

	watch->is_telling = false;
	if (fault_passes(error))
		return;
	alarms_told(watch->d->alarms);
	tell_stream(watch);
}

static void
tell_stream(void *arg)
{
	struct watch *watch = arg;
	struct daemon *d = watch->d;
	const json_t *entry = alarms_untold(d->alarms);

	if (entry == NULL || watch->is_telling ||
	    !redis_is_writable(d->redis))
		return;
	watch->is_telling = true;
	store_alarm(d->store, entry, on_told, watch);
}

/* --- all of it ------------------------------------------------------------ */

static bool
has(enum alarm_about kind, const char *about, void *arg)
{
	const struct daemon *d = arg;

	switch (kind) {
	case ABOUT_MODEM:
		return modems_find(d, about) != NULL;
	case ABOUT_POOL:
		for (size_t i = 0; i < d->conf->n_pools; i++)
			if (strcmp(d->conf->pools[i].name, about) == 0)
				return true;
		return false;
	case ABOUT_AGENCY:
		return conf_agency_find(d->conf, about) != NULL;
	case ABOUT_GATEWAY:
	case ABOUT_OTHER:
		break;
	}
	return true;
}

int64_t
watch_turned_at(const struct watch *watch)
{
	return watch->turned_at;
}

static void
look_at_sending(struct watch *watch)
{
	const struct daemon *d = watch->d;
	bool is_sending = false;

	if (redis_is_writable(d->redis) && gate_is_open(d->gate))
		for (size_t i = 0; i < d->n_modems; i++)
			if (modem_can_send(d->modems[i]) && strcmp(
			    dispatch_breaker(d->dispatch,
			    modem_name(d->modems[i])), "open") != 0)
				is_sending = true;
	if (is_sending != watch->was_sending)
		watch->turned_at = clock_wall_ms();
	watch->was_sending = is_sending;
}

void
watch_tick(struct watch *watch)
{
	struct daemon *d = watch->d;
	bool is_slow = watch->ticks++ % SLOW_TICKS == 0;

	for (size_t i = 0; i < d->n_modems; i++) {
		look_at_modem(d, d->modems[i]);
		if (modem_is_leaving(d->modems[i]))
			continue;
		look_at_quotas(d, modem_name(d->modems[i]));
		if (is_slow && gate_is_open(d->gate))
			ask_recipients(d, d->modems[i]);
	}
	alarms_forget(d->alarms, has, d);
	look_at_pools(d);
	look_at_redis(d);
	if (is_slow) {
		look_at_rejects(watch);
		look_at_disk(d);
		look_at_clock(d);
		ask_queue(watch);
	}
	look_at_sending(watch);
	alarms_tick(d->alarms);
	tell_stream(watch);
}

struct watch *
watch_new(struct daemon *d)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->d = d;
	watch->turned_at = clock_wall_ms();
	watch->began = clock_boot_ms() / 60000;
	alarms_on_news(d->alarms, tell_stream, watch);
	return watch;
}

void
watch_free(struct watch *watch)
{
	alarms_on_news(watch->d->alarms, NULL, NULL);
	free(watch);
}
