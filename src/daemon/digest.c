/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The digest waits in the queue as a text sent by hand does: it counts
 * against the SIM's quotas, and a hold of all keeps it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/digest.h"
#include "daemon/gate.h"
#include "daemon/memory.h"
#include "daemon/state.h"
#include "dispatch/dispatch.h"
#include "dispatch/window.h"
#include "message/message.h"
#include "redis/redis.h"
#include "redis/store.h"
#include "text/fold.h"

#define VALID_MS INT64_C(21600000)	/* six hours; then it is no news */

struct digest {
	struct daemon *daemon;
	char *agency;		/* id: the configuration may be another one
				 * when Redis answers */
	char day[16];
};

static struct digest *
digest_new(struct daemon *d, const struct conf_agency *agency,
    const char *day)
{
	struct digest *digest = xcalloc(1, sizeof(*digest));

	digest->daemon = d;
	digest->agency = xstrdup(agency->id);
	(void)snprintf(digest->day, sizeof(digest->day), "%s", day);
	return digest;
}

static void
digest_free(struct digest *digest)
{
	free(digest->agency);
	free(digest);
}

/* Minutes since midnight, here. */
static int
local_day(int64_t at_ms, char out[16])
{
	time_t at = (time_t)(at_ms / 1000);
	struct tm tm;

	(void)localtime_r(&at, &tm);
	(void)strftime(out, 16, "%Y-%m-%d", &tm);
	return tm.tm_hour * 60 + tm.tm_min;
}

/* In the language and with the accents of the agency's texts. */
static char *
digest_text(const struct conf_agency *agency, json_int_t n)
{
	char *text, *plain;

	if (strcmp(agency->language, "vi") == 0)
		text = xasprintf("%s: %" JSON_INTEGER_FORMAT " người chưa "
		    "nhận được tin. Xem: baotinctl undelivered", agency->name,
		    n);
	else
		text = xasprintf("%s: citizens not reached: %"
		    JSON_INTEGER_FORMAT ". See: baotinctl undelivered",
		    agency->name, n);
	if (agency->accents)
		return text;
	plain = text_fold(text);
	free(text);
	return plain;
}

/* The day is over when Redis has the text; else the next tick tries again. */
static void
on_stored(const struct store_answer *answer, void *arg)
{
	struct digest *digest = arg;
	struct daemon *d = digest->daemon;

	if (answer->error == NULL) {
		memory_set(d->memory, "digest", digest->agency, digest->day);
		if (*answer->pool != '\0')
			dispatch_work(d->dispatch, answer->pool);
	}
	digest_free(digest);
}

static void
send_one(struct daemon *d, const struct conf_agency *agency,
    const char *phone, const char *day, json_int_t n)
{
	char *key = xasprintf("digest|%s|%s|%s", agency->id, phone, day);
	struct message message = {
		.pool = conf_agency_pool(d->conf, agency)->name,
		.priority = PRIORITY_LOW,
		.expires_at = clock_wall_ms() + VALID_MS,
	};

	message_id_make(key, message.id);
	free(key);
	(void)snprintf(message.phone, sizeof(message.phone), "%s", phone);
	if (message_set_text(&message, digest_text(agency, n)) == 0)
		store_send(d->store, &message, on_stored,
		    digest_new(d, agency, day));
	message_clear(&message);
}

static void
on_counted(const json_t *reply, const char *error, void *arg)
{
	struct digest *digest = arg;
	struct daemon *d = digest->daemon;
	const struct conf_agency *agency = conf_agency_find(d->conf,
	    digest->agency);
	json_int_t n = json_integer_value(reply);

	if (error != NULL || agency == NULL) {
		digest_free(digest);
		return;
	}
	for (size_t i = 0; n > 0 && agency->digest_to[i] != NULL; i++)
		if (conf_allows_phone(d->conf, agency->digest_to[i]))
			send_one(d, agency, agency->digest_to[i], digest->day,
			    n);
	if (n == 0)
		memory_set(d->memory, "digest", agency->id, digest->day);
	digest_free(digest);
}

static void
count(struct daemon *d, const struct conf_agency *agency, const char *day)
{
	char *key = xasprintf("~missed:%s", agency->id);
	const char *words[] = {"ZCARD", key};

	redis_query(d->redis, on_counted, digest_new(d, agency, day), 2,
	    words);
	free(key);
}

void
digest_tick(struct daemon *d)
{
	const struct conf *conf = d->conf;
	int64_t now = clock_wall_ms();
	char day[16];
	int minutes = local_day(now, day);

	if (!gate_is_open(d->gate) || !redis_answers(d->redis) ||
	    !window_is_open(conf->notices.window_from, conf->notices.window_to,
	    now))
		return;
	for (size_t i = 0; i < conf->n_agencies; i++) {
		const struct conf_agency *agency = &conf->agencies[i];

		if (agency->digest_to[0] != NULL &&
		    minutes >= agency->digest_hour * 60 &&
		    strcmp(memory_get(d->memory, "digest", agency->id),
		    day) != 0)
			count(d, agency, day);
	}
}
