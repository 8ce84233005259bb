/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Metrics of modems and of the queue are made from the snapshot at each
 * look, so that every modem of the configuration has all of its labels from
 * the start.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/exposition.h"
#include "admin/member.h"
#include "base/series.h"

/* --- metrics -------------------------------------------------------------- */

/* One number of each modem; NULL: it has none now. */
struct modem_gauge {
	const char *name, *help, *key;
	double scale;
};

static const struct modem_gauge gauges[] = {
	{"baotin_modem_signal_dbm", "Signal strength; absent while unknown",
	    "dbm", 1},
	{"baotin_modem_last_success_timestamp_seconds",
	    "When the network last took a segment of this modem",
	    "last_sent_at", 0.001},
	{"baotin_modem_in_flight", "Messages that the modem holds",
	    "in_flight", 1},
	{"baotin_modem_inbox_used", "Stored texts that the modem holds",
	    "inbox_used", 1},
	{"baotin_modem_inbox_size", "Stored texts that it has room for",
	    "inbox_size", 1},
	{"baotin_modem_state_seconds", "How long it has been in its state",
	    "since_s", 1},
	{"baotin_journal_bytes", "Size of the modem's journal",
	    "journal_octets", 1},
};

/* What says "unknown" by being 0. */
static bool
is_absent(const struct modem_gauge *gauge, const json_t *modem)
{
	const json_t *value = json_object_get(modem, gauge->key);

	return !json_is_number(value) || (json_number_value(value) == 0 &&
	    (strcmp(gauge->key, "dbm") == 0 ||
	    strcmp(gauge->key, "last_sent_at") == 0));
}

static void
write_gauges(FILE *to, const json_t *modems)
{
	const json_t *modem;
	size_t i;

	for (size_t k = 0; k < sizeof(gauges) / sizeof(gauges[0]); k++) {
		const struct modem_gauge *gauge = &gauges[k];

		series_write_head(to, gauge->name, "gauge", gauge->help);
		json_array_foreach(modems, i, modem) {
			const char *labels[] = {"modem", text_of(modem, "name"),
			    NULL};

			if (!is_absent(gauge, modem))
				series_write_line(to, gauge->name,
				    number_of(modem, gauge->key) * gauge->scale,
				    labels);
		}
	}
}

/* One line per modem and possible state, 1 for that in which it is. */
static void
write_states(FILE *to, const json_t *snapshot)
{
	static const char name[] = "baotin_modem_state";
	const json_t *modems = json_object_get(snapshot, "modems"), *modem;
	json_t *states = json_object_get(json_object_get(snapshot, "status"),
	    "modems");
	const char *state;
	json_t *count;
	size_t i;

	series_write_head(to, name, "gauge", "1 for the state that the modem "
	    "is in");
	json_array_foreach(modems, i, modem)
		json_object_foreach(states, state, count) {
			const char *labels[] = {"modem", text_of(modem, "name"),
			    "state", state, NULL};

			series_write_line(to, name, strcmp(state,
			    text_of(modem, "state")) == 0, labels);
		}
}

static void
write_registered(FILE *to, const json_t *modems)
{
	static const char name[] = "baotin_modem_registered";
	const json_t *modem;
	size_t i;

	series_write_head(to, name, "gauge", "1 while it is registered at "
	    "home or abroad");
	json_array_foreach(modems, i, modem) {
		const char *labels[] = {"modem", text_of(modem, "name"), NULL};
		const char *registration = text_of(modem, "registration");

		series_write_line(to, name, strcmp(registration, "home") == 0
		    || strcmp(registration, "roaming") == 0, labels);
	}
}

static void
write_info(FILE *to, const json_t *snapshot)
{
	const json_t *modems = json_object_get(snapshot, "modems"), *modem;
	const char *build[] = {"version", text_of(json_object_get(snapshot,
	    "status"), "version"), NULL};
	size_t i;

	series_write_head(to, "baotin_build_info", "gauge",
	    "Always 1; which version this is");
	series_write_line(to, "baotin_build_info", 1, build);
	series_write_head(to, "baotin_modem_info", "gauge",
	    "Always 1; what modem it is and where it is registered");
	json_array_foreach(modems, i, modem) {
		const char *labels[] = {"modem", text_of(modem, "name"),
			"model", text_of(modem, "model"), "firmware",
			text_of(modem, "firmware"), "operator",
			text_of(modem, "operator"), "technology",
			text_of(modem, "technology"), NULL};

		series_write_line(to, "baotin_modem_info", 1, labels);
	}
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

char *
exposition_metrics(const json_t *snapshot)
{
	const json_t *modems = json_object_get(snapshot, "modems");
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		abort();	/* out of memory: base/mem.h's rule */
	write_info(to, snapshot);
	series_write(to);
	write_states(to, snapshot);
	write_registered(to, modems);
	write_gauges(to, modems);
	write_queue(to, snapshot);
	write_alarms(to, json_object_get(snapshot, "alarms"));
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
