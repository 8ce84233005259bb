/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the flat form and the JSON form into the same struct.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "intake/fields.h"

#define VALUE_MAX 1024	/* octets; fields have smaller limits of their own */
#define WHOLE_MAX 9007199254740992.0	/* 2^53: a double is exact below */
#define WARN_MOST 20	/* warnings about unknown names, per run */

static const struct {
	const char *name;
	size_t offset;
} table[] = {
#define X(field) {#field, offsetof(struct fields, field)},
	EVENT_FIELDS(X)
#undef X
};
#define N_FIELDS (sizeof(table) / sizeof(table[0]))

static const char *
blank_end(const char *from, const char *to)
{
	while (to > from && (to[-1] == ' ' || to[-1] == '\t' ||
	    to[-1] == '\r' || to[-1] == '\n'))
		to--;
	return to;
}

/* Returns NULL for a text of blanks only. */
static char *
trimmed(const char *text)
{
	const char *end;

	text += strspn(text, " \t\r\n");
	end = blank_end(text, text + strlen(text));
	return end == text ? NULL : xstrndup(text, (size_t)(end - text));
}

/* If columns are misplaced, a name may be a value, even a telephone number. So
 * only a text that looks like a name is shown. */
static const char *
shown_name(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == strlen(name) ? name
	    : "(hidden)";
}

static void
warn_unknown(const char *name)
{
	static unsigned told;
	char quoted[80];

	if (told == WARN_MOST)
		return;
	told++;
	log_warning("event_field_unknown", "field=%s hint=\"not one of the "
	    "documented fields: passed over\"",
	    log_quote(shown_name(name), quoted, sizeof(quoted)));
}

/* value: a JSON string; anything else means that the octets were no text. */
static int
set(struct fields *out, const char *name, const json_t *value,
    const char **error, const char **field)
{
	const char *text = json_string_value(value);

	for (size_t i = 0; i < N_FIELDS; i++) {
		char **slot = (char **)(void *)((char *)out +
		    table[i].offset);

		if (strcmp(table[i].name, name) != 0)
			continue;
		*field = table[i].name;
		if (text == NULL)
			*error = "not_utf8";
		else if (strlen(text) != json_string_length(value))
			*error = "control_character";	/* a NUL */
		else if (strlen(text) > VALUE_MAX)
			*error = "too_long";
		else if (*slot != NULL)
			*error = "twice";
		else {
			*slot = trimmed(text);
			return 0;
		}
		return -1;
	}
	warn_unknown(name);
	return 0;
}

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

/* The value as the flat form would have it: 9.0 becomes 9. A fraction goes on
 * to the fields that check numbers, which refuse it with a word of their own.
 * Returns NULL when this field does not take a value of that type. */
static json_t *
flat_value(const char *name, const json_t *value)
{
	static const char *const flags[] = {"accents", "notify", NULL};
	static const char *const measured[] = {"at", "not_before", "expires",
	    "status", "fee", NULL};
	double real = json_real_value(value);

	switch (json_typeof(value)) {
	case JSON_INTEGER:
		return json_sprintf("%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	case JSON_TRUE:
	case JSON_FALSE:
		return is_one_of(name, flags)
		    ? json_string(json_is_true(value) ? "1" : "0") : NULL;
	case JSON_REAL:
		if (real > -WHOLE_MAX && real < WHOLE_MAX &&
		    real == (double)(json_int_t)real)
			return json_sprintf("%" JSON_INTEGER_FORMAT,
			    (json_int_t)real);
		return is_one_of(name, measured)
		    ? json_sprintf("%.17g", real) : NULL;
	case JSON_STRING:	/* set() takes it as it is */
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return NULL;
}

static int
set_json(struct fields *out, const char *name, const json_t *value,
    const char **error, const char **field)
{
	json_t *flat;
	int status;

	if (json_is_null(value))
		return 0;
	if (json_is_string(value))
		return set(out, name, value, error, field);
	flat = flat_value(name, value);
	if (flat != NULL) {
		status = set(out, name, flat, error, field);
		json_decref(flat);
		return status;
	}
	*error = "json_type";
	*field = "json";
	for (size_t i = 0; i < N_FIELDS; i++)
		if (strcmp(table[i].name, name) == 0)
			*field = table[i].name;
	return -1;
}

static const char *
why_no_json(const json_error_t *fault)
{
	switch (json_error_code(fault)) {
	case json_error_null_byte_in_key:
	case json_error_null_character:
		return "control_character";
	case json_error_numeric_overflow:
		return "json_number";
	default:	/* the library's list, not ours */
		return "json_syntax";
	}
}

static int
read_json(const json_t *text, struct fields *out, const char **error,
    const char **field)
{
	json_error_t fault;
	json_t *object = json_loadb(json_string_value(text),
	    json_string_length(text), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &fault);
	const char *name;
	json_t *value;
	int status = 0;

	*field = "json";
	if (!json_is_object(object)) {
		*error = object == NULL ? why_no_json(&fault) : "json_type";
		if (strlen(json_string_value(text)) !=
		    json_string_length(text))
			*error = "control_character";
		json_decref(object);
		return -1;
	}
	json_object_foreach(object, name, value) {
		status = set_json(out, name, value, error, field);
		if (status == -1)
			break;
	}
	json_decref(object);
	return status;
}

int
fields_read(const json_t *flat, struct fields *out, const char **error,
    const char **field)
{
	size_t n = json_array_size(flat);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i + 1 < n; i += 2) {
		const json_t *named = json_array_get(flat, i);
		const json_t *value = json_array_get(flat, i + 1);
		const char *name = json_string_value(named);
		int status;

		if (name == NULL || strlen(name) !=
		    json_string_length(named)) {
			*error = name == NULL ? "not_utf8"
			    : "control_character";
			*field = "?";
			return -1;
		}
		if (strcmp(name, "json") != 0) {
			status = set(out, name, value, error, field);
		} else if (n != 2) {
			*error = "json_and_fields";
			*field = "json";
			status = -1;
		} else if (!json_is_string(value)) {
			*error = "not_utf8";
			*field = "json";
			status = -1;
		} else {
			status = read_json(value, out, error, field);
		}
		if (status == -1)
			return -1;
	}
	return 0;
}

void
fields_clear(struct fields *fields)
{
#define X(name) free(fields->name);
	EVENT_FIELDS(X)
#undef X
	memset(fields, 0, sizeof(*fields));
}
