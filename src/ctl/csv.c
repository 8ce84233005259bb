/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A cell is quoted when it holds what would end it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "ctl/csv.h"

static void
cell(FILE *to, const char *text)
{
	if (text[strcspn(text, ",\"\r\n")] == '\0') {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static bool
is_moment(const char *key)
{
	size_t n = strlen(key);

	return strcmp(key, "at") == 0 ||
	    (n > 3 && strcmp(key + n - 3, "_at") == 0);
}

static void
value(FILE *to, const char *key, const json_t *v)
{
	char text[WHEN_SIZE];

	if (json_is_string(v))
		cell(to, json_string_value(v));
	else if (json_is_integer(v) && is_moment(key))
		cell(to, when_format(json_integer_value(v), text));
	else if (json_is_integer(v))
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		fprintf(to, "%.6g", json_real_value(v));
	else if (json_is_boolean(v))
		fputs(json_is_true(v) ? "1" : "0", to);
}

void
csv_head(FILE *to, const json_t *row)
{
	/* jansson's iterators only read, but don't promise it. */
	json_t *first = json_copy((json_t *)(uintptr_t)row), *v;
	const char *key, *comma = "";

	json_object_foreach(first, key, v) {
		fputs(comma, to);
		cell(to, key);
		comma = ",";
	}
	if (first != NULL)
		fputs("\r\n", to);
	json_decref(first);
}

void
csv_rows(FILE *to, const json_t *rows)
{
	json_t *first = json_copy(json_array_get(rows, 0)), *v;
	const json_t *row;
	const char *key, *comma;
	size_t i;

	json_array_foreach(rows, i, row) {
		comma = "";
		json_object_foreach(first, key, v) {
			fputs(comma, to);
			value(to, key, json_object_get(row, key));
			comma = ",";
		}
		fputs("\r\n", to);
	}
	json_decref(first);
}
