/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Describes a modem for the operator.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* strsep() */
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "modem/inside.h"

int64_t
modem_last_sent_at(const struct modem *modem)
{
	return modem->last_sent_at;
}

static void
set(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name,
	    json_string(value != NULL ? value : ""));
}

static json_t *
describe_replay(const struct modem *modem)
{
	const struct replay_counts *c = &modem->replayed;

	return json_pack("{sI si si si si si si}",
	    "at", (json_int_t)modem->replayed_at, "results", (int)c->results,
	    "reports", (int)c->reports, "texts", (int)c->texts,
	    "calls", (int)c->calls, "unknown", (int)c->unknown,
	    "unsent", (int)c->unsent);
}

/* Turns "cnmi=2,1,0,1,0 clip=refused" into an object. */
static json_t *
describe_settings(const char *taken)
{
	json_t *out = json_object();
	char *copy = xstrdup(taken != NULL ? taken : ""), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL) {
		char *value = strchr(word, '=');

		if (value == NULL)
			continue;
		*value++ = '\0';
		set(out, word, value);
	}
	free(copy);
	return out;
}

/* Turns "reports calls" into a list. */
static json_t *
describe_lacks(const char *lacks)
{
	json_t *out = json_array();
	char *copy = xstrdup(lacks != NULL ? lacks : ""), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0')
			json_array_append_new(out, json_string(word));
	free(copy);
	return out;
}

int
modem_dbm(const struct modem *modem)
{
	return modem->health.type == PROTO_TYPE_HEALTH
	    ? modem->health.health.dbm : 0;
}

/* Returns null when the signal is unknown. */
static json_t *
describe_dbm(const struct modem *modem)
{
	int dbm = modem_dbm(modem);

	return dbm != 0 ? json_integer(dbm) : json_null();
}

bool
modem_inbox(const struct modem *modem, unsigned *used, unsigned *size)
{
	const struct proto_health *health = &modem->health.health;

	if (modem->health.type != PROTO_TYPE_HEALTH ||
	    health->inbox_size == 0)
		return false;
	*used = health->inbox_used;
	*size = health->inbox_size;
	return true;
}

const char *
modem_last_refusal(const struct modem *modem)
{
	return modem->last_refusal;
}

const char *
modem_lacks(const struct modem *modem)
{
	return modem->settings.type == PROTO_TYPE_SETTINGS
	    ? modem->settings.settings.lacks : "";
}

/* null: no text of this SIM has wanted a report yet. */
static json_t *
describe_ratio(const struct modem *modem)
{
	double ratio = work_report_ratio(&modem->work);

	return ratio < 0 ? json_null() : json_real(ratio);
}

json_t *
modem_describe(const struct modem *modem)
{
	const struct proto_ready *ready = &modem->ready.ready;
	const struct proto_health *health = &modem->health.health;
	json_t *out = json_object();

	set(out, "name", modem->own->name);
	set(out, "state", modem_state_name(modem_state(modem)));
	json_object_set_new(out, "since_s",
	    json_integer((clock_mono_ms() - modem->fsm.since_ms) / 1000));
	json_object_set_new(out, "since_at",
	    json_integer(modem->changed_at));
	set(out, "wish", modem_wish_name(modem->wish));
	set(out, "operator", health->operator_name);
	set(out, "registration", health->registration);
	set(out, "technology", health->technology);
	json_object_set_new(out, "dbm", describe_dbm(modem));
	json_object_set_new(out, "sent", json_integer((json_int_t)modem->sent));
	json_object_set_new(out, "refused",
	    json_integer((json_int_t)modem->refused));
	json_object_set_new(out, "unknown",
	    json_integer((json_int_t)modem->unknown));
	json_object_set_new(out, "reports",
	    json_integer((json_int_t)modem->reports));
	json_object_set_new(out, "failures_in_a_row",
	    json_integer(modem->work.in_a_row));
	json_object_set_new(out, "report_ratio", describe_ratio(modem));
	json_object_set_new(out, "in_flight", json_integer(modem->n_flights));
	json_object_set_new(out, "restarts",
	    json_integer((json_int_t)modem->restarts));
	set(out, "device", modem->ready.type == PROTO_TYPE_READY
	    ? ready->device : modem->own->device);
	set(out, "imei", ready->imei);
	set(out, "imsi", ready->imsi);
	set(out, "iccid", ready->iccid);
	set(out, "manufacturer", ready->manufacturer);
	set(out, "model", ready->model);
	set(out, "firmware", ready->firmware);
	set(out, "smsc", ready->smsc);
	json_object_set_new(out, "settings",
	    describe_settings(modem->settings.settings.taken));
	json_object_set_new(out, "lacks",
	    describe_lacks(modem->settings.settings.lacks));
	json_object_set_new(out, "inbox_used",
	    json_integer(health->inbox_used));
	json_object_set_new(out, "inbox_size",
	    json_integer(health->inbox_size));
	json_object_set_new(out, "pin_tries_left", modem->tries_left >= 0
	    ? json_integer(modem->tries_left) : json_null());
	json_object_set_new(out, "journal_octets",
	    json_integer(modem_journal_size(modem)));
	if (modem->replayed_at != 0)
		json_object_set_new(out, "replay", describe_replay(modem));
	if (modem->last_sent_at != 0)
		json_object_set_new(out, "last_sent_at",
		    json_integer(modem->last_sent_at));
	return out;
}
