/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cells are cut by characters, never inside of one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unistr.h>

#include "base/mem.h"
#include "ctl/narrow.h"

#define NAME_MOST     16
#define OPERATOR_MOST 12
#define DAY_S	      86400

/* The text as a NULL-terminated array of characters, for the caller to free;
 * *n: how many. */
static ucs4_t *
characters(const char *text, size_t *n)
{
	size_t octets = strlen(text);
	ucs4_t *out = xcalloc(octets + 1, sizeof(*out));
	const uint8_t *at = (const uint8_t *)text;

	*n = 0;
	while (*at != '\0')
		at += u8_mbtouc(&out[(*n)++], at, octets -
		    (size_t)(at - (const uint8_t *)text));
	return out;
}

/* Long ones lose their middle: names of modems differ at their ends. */
static json_t *
cut(const json_t *value, size_t most)
{
	const char *text = json_string_value(value);
	size_t n, octets;
	ucs4_t *all = characters(text != NULL ? text : "", &n);
	uint8_t *out;
	json_t *result;

	if (n > most) {
		size_t end = most / 2;

		all[most - end - 1] = 0x2026; /* … */
		memmove(&all[most - end], &all[n - end],
		    end * sizeof(*all));
		n = most;
	}
	out = u32_to_u8(all, n, NULL, &octets);
	free(all);
	if (out == NULL)
		return json_string("");
	result = json_stringn((const char *)out, octets);
	free(out);
	return result;
}

/* "18:31", before yesterday "27/11". */
static json_t *
since_text(const json_t *value)
{
	time_t at = (time_t)(json_integer_value(value) / 1000);
	char text[16] = "";
	struct tm tm;

	if (at == 0 || localtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), time(NULL) - at < DAY_S ? "%H:%M"
	    : "%d/%m", &tm) == 0)
		return json_null();
	return json_string(text);
}

/* "paused", "drain" stand before what the modem is. */
static json_t *
state_text(const json_t *modem)
{
	const char *wish = json_string_value(json_object_get(modem, "wish"));

	if (wish != NULL && strcmp(wish, "up") != 0)
		return json_string(wish);
	return json_incref(json_object_get(modem, "state"));
}

/* A field that a daemon of another version does not send makes no column. */
static void
add(json_t *row, const char *name, const json_t *modem, const char *key,
    json_t *value)
{
	if (json_object_get(modem, key) != NULL)
		json_object_set_new(row, name, value);
	else
		json_decref(value);
}

json_t *
modems_narrow(const json_t *modems)
{
	json_t *rows = json_array();
	const json_t *modem;
	size_t i;

	json_array_foreach(modems, i, modem) {
		json_t *row = json_object();

		add(row, "name", modem, "name", cut(json_object_get(modem,
		    "name"), NAME_MOST));
		add(row, "state", modem, "state", state_text(modem));
		add(row, "since", modem, "since_at", since_text(
		    json_object_get(modem, "since_at")));
		add(row, "operator", modem, "operator", cut(json_object_get(
		    modem, "operator"), OPERATOR_MOST));
		(void)json_object_set(row, "dbm", json_object_get(modem,
		    "dbm"));
		(void)json_object_set(row, "sent", json_object_get(modem,
		    "sent"));
		(void)json_object_set(row, "refused", json_object_get(modem,
		    "refused"));
		(void)json_object_set(row, "why", json_object_get(modem,
		    "reason"));
		json_array_append_new(rows, row);
	}
	return rows;
}

/* Of each row: when (key), and these of its members. */
static json_t *
pick(const json_t *rows, const char *key, const char *const *keys, size_t n)
{
	json_t *out = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *next = json_object();

		json_object_set_new(next, "since", since_text(
		    json_object_get(row, key)));
		for (size_t k = 0; k < n; k++)
			add(next, keys[k], row, keys[k], json_incref(
			    json_object_get(row, keys[k])));
		json_array_append_new(out, next);
	}
	return out;
}

json_t *
alarms_narrow(const json_t *alarms)
{
	static const char *const keys[] = {"level", "alarm", "about",
	    "advice"};

	return pick(alarms, "raised_at", keys, 4);
}

json_t *
changes_narrow(const json_t *changes)
{
	static const char *const keys[] = {"modem", "state", "reason"};

	return pick(changes, "at", keys, 3);
}
