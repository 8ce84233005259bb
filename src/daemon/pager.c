/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each alarm text is bound to one chosen modem and expires after an hour. If
 * that modem fails meanwhile, the next hour's text takes another one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "daemon/gate.h"
#include "daemon/memory.h"
#include "daemon/pager.h"
#include "daemon/state.h"
#include "dispatch/dispatch.h"
#include "message/message.h"
#include "modem/modem.h"
#include "redis/heard.h"
#include "redis/store.h"
#include "text/fold.h"

#define HOUR_MS	     INT64_C(3600000)
#define DAY_MOST     10		/* texts about alarms */
#define TEXT_MOST    156	/* characters: one segment of GSM-7 */
#define MISSED_MS    (24 * HOUR_MS) /* an older end is not reported */

/* --- which modem ---------------------------------------------------------- */

static bool
is_able(const struct daemon *d, const struct modem *modem)
{
	return modem_can_send(modem) && !modem_is_stuck(modem) &&
	    strcmp(dispatch_breaker(d->dispatch, modem_name(modem)),
	    "closed") == 0;
}

/* Chooses another modem than about, where there is one. Returns NULL when none
 * can send. */
static const struct modem *
choose_modem(const struct daemon *d, const char *about)
{
	const struct modem *own = NULL;

	for (size_t i = 0; i < d->n_modems; i++) {
		if (!is_able(d, d->modems[i]))
			continue;
		if (strcmp(modem_name(d->modems[i]), about) != 0)
			return d->modems[i];
		own = d->modems[i];
	}
	return own;
}

static const char *
pool_with(const struct conf *conf, const char *modem)
{
	for (size_t i = 0; i < conf->n_pools; i++)
		if (conf_pool_has(&conf->pools[i], modem))
			return conf->pools[i].name;
	return NULL;
}

/* --- one text ------------------------------------------------------------- */

static void
on_stored(const struct store_answer *answer, void *arg)
{
	struct daemon *d = arg;

	if (answer->error == NULL && *answer->pool != '\0')
		dispatch_work(d->dispatch, answer->pool);
}

/* text: plain ASCII, one segment. */
static void
send_one(struct daemon *d, const char *phone, const char *modem,
    const char *pool, const char *text)
{
	char *want = xasprintf("%s!", modem);
	char *key = xasprintf("alarm|%s|%s|%" PRId64,
	    d->conf->gateway.name, phone, clock_mono_us());
	struct message message = {
		.text = xstrdup(text),
		.coding = CODING_GSM7,
		.segments = 1,
		.pool = pool,
		.priority = PRIORITY_URGENT,
		.want = want,
		.is_answer = true,	/* no hold stops it */
		.expires_at = clock_wall_ms() + HOUR_MS,
	};

	message_id_make(key, message.id);
	(void)snprintf(message.phone, sizeof(message.phone), "%s", phone);
	store_send(d->store, &message, on_stored, d);
	free(message.text);
	free(key);
	free(want);
}

/* Sends to all of alarms.notify, by another modem than about. Returns false
 * when no modem can send. Takes text. */
static bool
send_all(struct daemon *d, const char *about, char *text)
{
	const struct modem *modem = choose_modem(d, about);
	const char *pool = modem != NULL ? pool_with(d->conf,
	    modem_name(modem)) : NULL;
	char *plain = text_fold(text);

	free(text);
	if (pool != NULL) {
		if (strlen(plain) > TEXT_MOST)
			plain[TEXT_MOST] = '\0';
		for (size_t i = 0; d->conf->alarms.notify[i] != NULL; i++)
			send_one(d, d->conf->alarms.notify[i],
			    modem_name(modem), pool, plain);
		log_info("alarm_text", "about=%s modem=%s", about,
		    modem_name(modem));
	}
	free(plain);
	return pool != NULL;
}

/* --- ten a day ------------------------------------------------------------ */

static void
local_day(int64_t at_ms, char out[16], int *hour)
{
	time_t at = (time_t)(at_ms / 1000);
	struct tm tm;

	(void)localtime_r(&at, &tm);
	(void)strftime(out, 16, "%Y-%m-%d", &tm);
	*hour = tm.tm_hour;
}

/* How many texts were sent today. add: 1 counts one more. The daemon remembers
 * "2026-11-28 3". */
static int
texts_of_today(struct daemon *d, int add)
{
	const char *before = memory_get(d->memory, "pager", "texts");
	char day[16], word[32];
	int hour, n = 0;

	local_day(clock_wall_ms(), day, &hour);
	if (strncmp(before, day, strlen(day)) == 0)
		n = atoi(before + strlen(day));
	if (add > 0) {
		(void)snprintf(word, sizeof(word), "%s %d", day, n + add);
		memory_set(d->memory, "pager", "texts", word);
	}
	return n + add;
}

/* --- the texts ------------------------------------------------------------ */

static bool
is_vietnamese(const struct daemon *d)
{
	return strcmp(d->conf->alarms.language, "vi") == 0;
}

static const char *
clock_text(int64_t at_ms, char out[24])
{
	time_t at = (time_t)(at_ms / 1000);
	struct tm tm;

	(void)localtime_r(&at, &tm);
	(void)strftime(out, 24, "%H:%M %d/%m", &tm);
	return out;
}

/* "baotin bu-dop-1: modem_down modem1 (08:05 20/11). … Tra loi OK." It leaves
 * out the alarm's own sentence, which may be long and is English. */
static char *
alarm_text(const struct daemon *d, const struct alarm_row *row,
    const char *about, int64_t raised_at)
{
	bool vi = is_vietnamese(d);
	char at[24];
	char *head = xasprintf("baotin %s: %s%s%s (%s). ",
	    d->conf->gateway.name, row->name, *about != '\0' ? " " : "",
	    about, clock_text(raised_at, at));
	const char *tail = vi ? " Tra loi OK." : " Reply OK.";
	char *said = text_fold(vi ? row->vi : row->text), *out;
	size_t used = strlen(head) + strlen(tail);

	if (used >= TEXT_MOST)
		said[0] = '\0';
	else if (strlen(said) > TEXT_MOST - used - 1)
		said[TEXT_MOST - used - 1] = '\0';
	out = xasprintf("%s%s.%s", head, said, tail);
	free(head);
	free(said);
	return out;
}

/* Sends the raised alarms that nobody has confirmed, each once an hour. */
static void
tell_raised(struct daemon *d, int64_t now)
{
	json_t *raised = alarms_list(d->alarms), *alarm;
	size_t i;

	json_array_foreach(raised, i, alarm) {
		const char *name = "", *about = "";
		json_int_t raised_at = 0;
		enum alarm_id id;
		int64_t texted_at;

		(void)json_unpack(alarm, "{ss ss sI}", "alarm", &name,
		    "about", &about, "raised_at", &raised_at);
		id = alarm_find(name);
		texted_at = alarm_texted_at(d->alarms, id, about);
		if (json_is_integer(json_object_get(alarm, "acked_at")) ||
		    (texted_at != 0 && now - texted_at < HOUR_MS) ||
		    texts_of_today(d, 0) >= DAY_MOST)
			continue;
		if (!send_all(d, about, alarm_text(d, alarm_row(id), about,
		    raised_at)))
			continue;
		alarm_texted(d->alarms, id, about, now);
		(void)texts_of_today(d, 1);
	}
	json_decref(raised);
}

/* Sends the alarms that began and ended while no modem could send. */
static void
tell_missed(struct daemon *d, int64_t now)
{
	const json_t *missed = alarms_missed(d->alarms);
	const char *name = "", *about = "";
	json_int_t raised_at = 0, ended_at = 0;
	char from[24], to[24];

	if (missed == NULL)
		return;
	(void)json_unpack((json_t *)(uintptr_t)missed, "{ss ss sI sI}",
	    "alarm", &name, "about", &about, "raised_at", &raised_at,
	    "ended_at", &ended_at);
	if (now - ended_at > MISSED_MS || texts_of_today(d, 0) >= DAY_MOST) {
		alarms_missed_told(d->alarms);
		return;
	}
	if (!send_all(d, "", xasprintf("baotin %s: %s%s%s %s %s - %s.",
	    d->conf->gateway.name, name, *about != '\0' ? " " : "", about,
	    is_vietnamese(d) ? "da het" : "is over",
	    clock_text(raised_at, from), clock_text(ended_at, to))))
		return;
	(void)texts_of_today(d, 1);
	alarms_missed_told(d->alarms);
}

/* Sends a daily sign of life: its absence tells people that the gateway is
 * dead. */
static void
tell_life(struct daemon *d, int64_t now)
{
	size_t able = 0, raised;
	json_t *list;
	char day[16];
	int hour;

	local_day(now, day, &hour);
	if (d->conf->alarms.daily_hour < 0 ||
	    hour != d->conf->alarms.daily_hour ||
	    strcmp(memory_get(d->memory, "pager", "life"), day) == 0)
		return;
	for (size_t i = 0; i < d->n_modems; i++)
		able += is_able(d, d->modems[i]);
	list = alarms_list(d->alarms);
	raised = json_array_size(list);
	json_decref(list);
	if (send_all(d, "", xasprintf(is_vietnamese(d)
	    ? "baotin %s: dang chay. %zu/%zu modem gui duoc, %zu canh bao."
	    : "baotin %s: alive. %zu/%zu modems can send, %zu alarms.",
	    d->conf->gateway.name, able, d->n_modems, raised)))
		memory_set(d->memory, "pager", "life", day);
}

void
pager_tick(struct daemon *d)
{
	int64_t now = clock_wall_ms();

	if (d->conf->alarms.notify[0] == NULL || !gate_is_open(d->gate))
		return;
	tell_raised(d, now);
	tell_missed(d, now);
	tell_life(d, now);
}

void
pager_heard(struct daemon *d, const struct question *question)
{
	const char *text = question->text + strspn(question->text, " \t\r\n");
	char masked[PHONE_SIZE];
	size_t n = strcspn(text, " \t\r\n.!");

	if (n != 2 || strncasecmp(text, "OK", 2) != 0 ||
	    text[n + strspn(text + n, " \t\r\n.!")] != '\0')
		return;
	for (size_t i = 0; d->conf->alarms.notify[i] != NULL; i++)
		if (strcmp(d->conf->alarms.notify[i], question->phone) == 0) {
			(void)alarms_ack(d->alarms, ALARM_END, NULL,
			    phone_mask(question->phone, masked));
			return;
		}
}
