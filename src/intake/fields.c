/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the flat form and the JSON form into one struct.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "intake/fields.h"

#define VALUE_MAX 1024	/* octets; each field has its own limit later */
#define WARN_MOST 20	/* unknown names told, per run of the program */

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

/* NULL for a text of blanks only. */
static char *
trimmed(const char *text)
{
	const char *end;

	text += strspn(text, " \t\r\n");
	end = blank_end(text, text + strlen(text));
	return end == text ? NULL : xstrndup(text, (size_t)(end - text));
}

/* A misplaced column gives a value for a name, perhaps a telephone number:
 * only what looks like a name is shown. */
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

static int
set(struct fields *out, const char *name, const char *value,
    const char **error, const char **field)
{
	for (size_t i = 0; i < N_FIELDS; i++) {
		char **slot = (char **)(void *)((char *)out +
		    table[i].offset);

		if (strcmp(table[i].name, name) != 0)
			continue;
		*field = table[i].name;
		if (value == NULL)
			*error = "not_utf8";
		else if (strlen(value) > VALUE_MAX)
			*error = "too_long";
		else if (*slot != NULL)
			*error = "twice";
		else {
			*slot = trimmed(value);
			return 0;
		}
		return -1;
	}
	warn_unknown(name);
	return 0;
}

/* A JSON value as the text a flat field would hold. */
static int
set_json(struct fields *out, const char *name, const json_t *value,
    const char **error, const char **field)
{
	char text[40];

	switch (json_typeof(value)) {
	case JSON_STRING:
		return set(out, name, json_string_value(value), error, field);
	case JSON_INTEGER:
		(void)snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		return set(out, name, text, error, field);
	case JSON_TRUE:
		return set(out, name, "1", error, field);
	case JSON_FALSE:
		return set(out, name, "0", error, field);
	case JSON_NULL:
		return 0;
	case JSON_REAL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	*error = "json_type";
	*field = "json";
	for (size_t i = 0; i < N_FIELDS; i++)
		if (strcmp(table[i].name, name) == 0)
			*field = table[i].name;
	return -1;
}

static int
read_json(const char *text, struct fields *out, const char **error,
    const char **field)
{
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *name;
	json_t *value;
	int status = 0;

	*field = "json";
	if (!json_is_object(object)) {
		*error = object == NULL ? "json_syntax" : "json_type";
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
		const char *name = json_string_value(json_array_get(flat, i));
		const char *value =
		    json_string_value(json_array_get(flat, i + 1));
		int status;

		if (name == NULL) {
			*error = "not_utf8";
			*field = "?";
			return -1;
		}
		if (strcmp(name, "json") != 0) {
			status = set(out, name, value, error, field);
		} else if (n != 2) {
			*error = "json_and_fields";
			*field = "json";
			status = -1;
		} else if (value == NULL) {
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
