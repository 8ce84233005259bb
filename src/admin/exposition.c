/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes the metrics of modems and of the queue from the snapshot each time, so
 * that every modem of the configuration has all of its labels from the start.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/exposition.h"
#include "admin/member.h"
#include "alarm/table.h"
#include "base/series.h"

#define LABELS_MAX 4	/* for write_words(), beside the name */

/* --- metrics -------------------------------------------------------------- */

/* A number of a modem; NAN: it has none now. */
typedef double modem_number(const json_t *modem, const char *key);

static double
number(const json_t *modem, const char *key)
{
	const json_t *value = json_object_get(modem, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* For numbers that are 0 while they are unknown. */
static double
known(const json_t *modem, const char *key)
{
	double value = number(modem, key);

	return value == 0 ? NAN : value;
}

static double
moment(const json_t *modem, const char *key)
{
	return known(modem, key) / 1000;
}

static double
is_registered(const json_t *modem, const char *key)
{
	const char *word = text_of(modem, key);

	return strcmp(word, "home") == 0 || strcmp(word, "roaming") == 0;
}

static double
is_usable(const json_t *modem, const char *key)
{
	(void)key;
	return can_send(modem);
}

static const struct {
	const char *name, *help;
	modem_number *number;
	const char *key;
} gauges[] = {
	{"baotin_modem_usable", "1 while it is given texts",
	    is_usable, ""},
	{"baotin_modem_registered", "1 while it is registered at home or "
	    "abroad", is_registered, "registration"},
	{"baotin_modem_signal_dbm", "Signal strength; absent while unknown",
	    known, "dbm"},
	{"baotin_modem_last_success_timestamp_seconds",
	    "When the network last took a segment of this modem",
	    moment, "last_sent_at"},
	{"baotin_modem_in_flight", "Messages that the modem holds",
	    number, "in_flight"},
	{"baotin_modem_failures_in_a_row", "Segments that were refused since "
	    "the last that was taken", number, "failures_in_a_row"},
	{"baotin_sim_report_ratio", "Reports for each segment that wanted "
	    "one, at most 1; absent while there was none", number,
	    "report_ratio"},
	{"baotin_modem_inbox_used", "Stored texts that the modem holds",
	    number, "inbox_used"},
	{"baotin_modem_inbox_size", "Stored texts that it has room for",
	    number, "inbox_size"},
	{"baotin_sim_balance", "The SIM's credit as the operator last said "
	    "it, in its currency; absent while unknown", number, "balance"},
	{"baotin_sim_balance_timestamp_seconds", "When the operator said it",
	    moment, "balance_at"},
	{"baotin_modem_state_seconds", "How long it has been in its state",
	    number, "since_s"},
	{"baotin_journal_bytes", "Size of the modem's journal",
	    number, "journal_octets"},
};

static void
write_gauges(FILE *to, const json_t *modems)
{
	const json_t *modem;
	size_t i;

	for (size_t k = 0; k < sizeof(gauges) / sizeof(gauges[0]); k++) {
		series_write_head(to, gauges[k].name, "gauge",
		    gauges[k].help);
		json_array_foreach(modems, i, modem) {
			const char *labels[] = {"modem", text_of(modem, "name"),
			    NULL};
			double value = gauges[k].number(modem, gauges[k].key);

			if (!isnan(value))
				series_write_line(to, gauges[k].name, value,
				    labels);
		}
	}
}

/* Writes what identifies each modem as labels; the value is always 1. */
static void
write_words(FILE *to, const char *name, const char *help,
    const json_t *modems, const char *const *keys)
{
	const json_t *modem;
	size_t i;

	series_write_head(to, name, "gauge", help);
	json_array_foreach(modems, i, modem) {
		const char *labels[2 * LABELS_MAX + 3] = {"modem",
		    text_of(modem, "name")};

		for (size_t k = 0; keys[k] != NULL; k++) {
			labels[2 * k + 2] = keys[k];
			labels[2 * k + 3] = text_of(modem, keys[k]);
		}
		series_write_line(to, name, 1, labels);
	}
}

/* One line per modem and possible state: 1 for its present state, else 0. */
static void
write_states(FILE *to, const json_t *snapshot)
{
	static const char name[] = "baotin_modem_state";
	const json_t *modem;
	json_t *states = json_object_get(json_object_get(snapshot, "status"),
	    "modems");
	const char *state;
	json_t *count;
	size_t i;

	series_write_head(to, name, "gauge", "1 for the state that the modem "
	    "is in");
	json_array_foreach(json_object_get(snapshot, "modems"), i, modem)
		json_object_foreach(states, state, count) {
			const char *labels[] = {"modem", text_of(modem, "name"),
			    "state", state, NULL};

			series_write_line(to, name, strcmp(state,
			    text_of(modem, "state")) == 0, labels);
		}
}

/* Writes the known numbers of each list of quotas: used or limit. */
static void
write_quotas(FILE *to, const char *name, const char *help,
    const json_t *modems, const char *key)
{
	const json_t *modem, *row;
	size_t i, k;

	series_write_head(to, name, "gauge", help);
	json_array_foreach(modems, i, modem)
		json_array_foreach(json_object_get(modem, "quotas"), k, row) {
			const char *labels[] = {"modem", text_of(modem, "name"),
			    "period", text_of(row, "period"), NULL};

			if (!isnan(number(row, key)))
				series_write_line(to, name, number(row, key),
				    labels);
		}
}

/* The abilities that a modem lacks, in the words of worker/settings.h. */
static void
write_lacks(FILE *to, const json_t *modems)
{
	static const char name[] = "baotin_modem_lacks";
	static const char *const words[] = {"reports", "announcements",
	    "reading", "memories", "calls", "ussd"};
	const json_t *modem, *word;
	size_t i, k;

	series_write_head(to, name, "gauge", "1 for what the modem can't do");
	json_array_foreach(modems, i, modem)
		for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
			const char *labels[] = {"modem", text_of(modem, "name"),
			    "what", words[w], NULL};
			int n = 0;

			json_array_foreach(json_object_get(modem, "lacks"), k,
			    word)
				n |= json_is_string(word) && strcmp(
				    json_string_value(word), words[w]) == 0;
			series_write_line(to, name, n, labels);
		}
}

static void
write_modems(FILE *to, const json_t *snapshot)
{
	static const char *const about[] = {"model", "firmware", "operator",
	    "technology", NULL};
	const json_t *modems = json_object_get(snapshot, "modems");

	write_words(to, "baotin_modem_info", "Always 1; what modem it is and "
	    "where it is registered", modems, about);
	write_states(to, snapshot);
	write_gauges(to, modems);
	write_lacks(to, modems);
	write_quotas(to, "baotin_sim_quota_used_segments",
	    "Segments that the SIM sent in the present period", modems,
	    "used");
	write_quotas(to, "baotin_sim_quota_limit_segments",
	    "Segments that it may send in it", modems, "limit");
}

static void
write_build(FILE *to, const json_t *snapshot)
{
	const char *labels[] = {"version", text_of(json_object_get(snapshot,
	    "status"), "version"), NULL};

	series_write_head(to, "baotin_build_info", "gauge",
	    "Always 1; which version this is");
	series_write_line(to, "baotin_build_info", 1, labels);
	series_write_head(to, "baotin_sending", "gauge",
	    "1 while texts can go out");
	series_write_line(to, "baotin_sending", json_is_true(
	    json_object_get(snapshot, "sending")), NULL);
}

static void
write_queue(FILE *to, const json_t *snapshot)
{
	static const char *const keys[] = {"ready", "delayed", "behind",
	    "in_flight", "unknown", "held_back", "awaiting_report",
	    "rejected"};
	const json_t *queue = json_object_get(json_object_get(snapshot,
	    "status"), "queue");
	const json_t *oldest = json_object_get(queue, "oldest_at");

	if (!json_is_object(queue))
		return;		/* Redis does not answer */
	series_write_head(to, "baotin_queue_messages", "gauge",
	    "Messages by where they wait");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *labels[] = {"queue", keys[i], NULL};

		series_write_line(to, "baotin_queue_messages",
		    number_of(queue, keys[i]), labels);
	}
	series_write_head(to, "baotin_queue_age_seconds", "gauge",
	    "Age of the oldest message that could be sent now; 0: none");
	series_write_line(to, "baotin_queue_age_seconds",
	    json_is_number(oldest) ? (number_of(snapshot, "at") -
	    json_number_value(oldest)) / 1000 : 0, NULL);
}

/* How many texts wait in each pool, by priority; "delayed": texts that are
 * tried later.
 */
static void
write_pools(FILE *to, const json_t *snapshot)
{
	static const char name[] = "baotin_pool_messages";
	static const char *const keys[] = {"urgent", "high", "normal", "low",
	    "delayed"};
	const json_t *pool;
	size_t i;

	series_write_head(to, name, "gauge", "Messages that wait for a modem "
	    "of a pool");
	json_array_foreach(json_object_get(json_object_get(snapshot, "queue"),
	    "pools"), i, pool)
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			const char *labels[] = {"pool", text_of(pool, "pool"),
			    "queue", keys[k], NULL};

			series_write_line(to, name, number_of(pool, keys[k]),
			    labels);
		}
}

static void
write_alarms(FILE *to, const json_t *alarms)
{
	static const char name[] = "baotin_alarm";
	const json_t *alarm;
	size_t i;

	series_write_head(to, name, "gauge", "1 for each alarm that is "
	    "raised");
	json_array_foreach(alarms, i, alarm) {
		const char *labels[] = {"alarm", text_of(alarm, "alarm"),
			"about", text_of(alarm, "about"), "level",
			text_of(alarm, "level"), NULL};

		series_write_line(to, name, 1, labels);
	}
}

/* How many alarms of each kind are raised, also when none is. */
static void
write_alarm_kinds(FILE *to, const json_t *alarms)
{
	static const char name[] = "baotin_alarms_raised";
	const json_t *alarm;
	size_t i;

	series_write_head(to, name, "gauge", "Alarms of a kind that are "
	    "raised");
	for (enum alarm_id id = 0; id < ALARM_END; id++) {
		const char *kind = alarm_row(id)->name;
		const char *labels[] = {"alarm", kind, NULL};
		int n = 0;

		json_array_foreach(alarms, i, alarm)
			n += strcmp(text_of(alarm, "alarm"), kind) == 0;
		series_write_line(to, name, n, labels);
	}
}

char *
exposition_metrics(const json_t *snapshot)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		abort();	/* out of memory: base/mem.h's rule */
	write_build(to, snapshot);
	series_write(to);
	write_modems(to, snapshot);
	write_queue(to, snapshot);
	write_pools(to, snapshot);
	write_alarms(to, json_object_get(snapshot, "alarms"));
	write_alarm_kinds(to, json_object_get(snapshot, "alarms"));
	(void)fclose(to);
	return text;
}

/* --- health --------------------------------------------------------------- */

static const char *
health_name(enum health health)
{
	static const char *const names[] = {"pass", "warn", "fail"};

	return names[health];
}

static json_t *
check(enum health health, const char *output)
{
	return json_pack("[{s:s, s:s*}]", "status", health_name(health),
	    "output", *output != '\0' ? output : NULL);
}

char *
exposition_health(const json_t *snapshot, enum health *out)
{
	const json_t *modems = json_object_get(snapshot, "modems"), *modem;
	const json_t *redis = json_object_get(json_object_get(snapshot,
	    "status"), "redis");
	bool is_up = strcmp(text_of(redis, "state"), "up") == 0;
	json_t *checks = json_object(), *object;
	bool has_ill = json_array_size(json_object_get(snapshot,
	    "alarms")) > 0;
	char key[96], *text;
	size_t i;

	json_object_set_new(checks, "redis", check(is_up ? HEALTH_PASS
	    : HEALTH_FAIL, text_of(redis, "trouble")));
	json_array_foreach(modems, i, modem) {
		(void)snprintf(key, sizeof(key), "modem:%s",
		    text_of(modem, "name"));
		json_object_set_new(checks, key, check(can_send(modem)
		    ? HEALTH_PASS : HEALTH_WARN, can_send(modem) ? ""
		    : text_of(modem, "trouble")));
		has_ill = has_ill || !can_send(modem);
	}
	*out = !json_is_true(json_object_get(snapshot, "sending"))
	    ? HEALTH_FAIL : has_ill ? HEALTH_WARN : HEALTH_PASS;
	object = json_pack("{s:s, s:s, s:o}", "status", health_name(*out),
	    "version", text_of(json_object_get(snapshot, "status"), "version"),
	    "checks", checks);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	return text;
}
