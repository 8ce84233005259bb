/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text writer: one value per line or cell, columns aligned by the width
 * that a terminal gives each character.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>
#include <uniwidth.h>

#include "base/mem.h"
#include "base/when.h"
#include "ctl/writer.h"

#define GAP	2	/* blanks between columns */
#define INDENT	2
#define LIST_MOST 6	/* texts on one line */
#define DEPTH_MAX 16	/* deeper values are written on one line, as JSON */

struct writer {
	FILE *to;
	bool has_colours;
};

static size_t
width_of(const char *text)
{
	int width = u8_strwidth((const uint8_t *)text, "UTF-8");

	return width > 0 ? (size_t)width : 0;
}

/* Control characters (also U+0080 to U+009F) become "?"; new lines may
 * stay. Takes and returns the text. */
static char *
made_harmless(char *text, bool keeps_lines)
{
	for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
		if (keeps_lines && (*p == '\n' || *p == '\t'))
			continue;
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			p[0] = p[1] = '?';
	}
	return text;
}

static bool
ends_in(const char *key, const char *end)
{
	size_t n = strlen(key), m = strlen(end);

	return n >= m && strcmp(key + n - m, end) == 0;
}

static bool
is_moment(const char *key)
{
	return key != NULL && (ends_in(key, "_at") ||
	    strcmp(key, "at") == 0 || strcmp(key, "expires") == 0 ||
	    strcmp(key, "not_before") == 0 || strcmp(key, "resent") == 0 ||
	    strcmp(key, "lease_until") == 0 ||
	    strncmp(key, "begun_", 6) == 0);
}

/* In one word, whole and with its offset: as it stands there, it can be
 * given to --since. */
static char *
moment_text(json_int_t ms)
{
	char text[WHEN_SIZE];

	return xstrdup(when_format(ms, text));
}

static char *cell_text(const char *key, const json_t *value);

/* "dossier=H10.45-230515-0001 status=9": an object on one line. */
static char *
members_text(const json_t *object)
{
	/* jansson's iterators only read, but don't promise it. */
	json_t *copy = json_copy((json_t *)(uintptr_t)object), *value;
	const char *key;
	char *all = xstrdup("");

	json_object_foreach(copy, key, value) {
		char *cell = cell_text(key, value);
		char *next = xasprintf("%s%s%s=%s", all,
		    *all != '\0' ? " " : "", key, cell);

		free(all);
		free(cell);
		all = next;
	}
	json_decref(copy);
	return all;
}

static char *
items_text(const json_t *array)
{
	const json_t *value;
	char *all = xstrdup("");
	size_t i;

	json_array_foreach(array, i, value) {
		char *cell = cell_text(NULL, value);
		char *next = xasprintf("%s%s%s", all, i > 0 ? ", " : "",
		    cell);

		free(all);
		free(cell);
		all = next;
	}
	return all;
}

/* A value on one line, for the caller to free. */
static char *
cell_text(const char *key, const json_t *value)
{
	char *text = NULL;

	switch (json_typeof(value)) {
	case JSON_STRING:
		text = xstrdup(json_string_value(value));
		break;
	case JSON_INTEGER:
		text = is_moment(key) && json_integer_value(value) > 0
		    ? moment_text(json_integer_value(value))
		    : xasprintf("%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		break;
	case JSON_REAL:
		text = xasprintf("%.6g", json_real_value(value));
		break;
	case JSON_TRUE:
		text = xstrdup("yes");
		break;
	case JSON_FALSE:
		text = xstrdup("no");
		break;
	case JSON_NULL:
		break;
	case JSON_OBJECT:
		text = members_text(value);
		break;
	case JSON_ARRAY:
		text = items_text(value);
		break;
	}
	if (text == NULL || *text == '\0') {
		free(text);
		return xstrdup("-");
	}
	return made_harmless(text, false);
}

static void
blanks(const struct writer *w, size_t n)
{
	fprintf(w->to, "%*s", (int)n, "");
}

#define BOLD   "\033[1m"
#define RED    "\033[1;31m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* Words of states and levels that want an eye, and their colour. */
static const struct {
	const char *word, *colour;
} bad[] = {
	{"down", RED}, {"locked", RED}, {"failed", RED}, {"critical", RED},
	{"NOT", RED}, {"unregistered", YELLOW}, {"degraded", YELLOW},
	{"resetting", YELLOW}, {"starting", YELLOW}, {"warning", YELLOW},
	{"paused", YELLOW}, {"drain", YELLOW}, {"open", RED},
	{"half_open", YELLOW}, {"ON", YELLOW}, {"WAITING:", YELLOW},
};

/* The colour of a cell below this key, or of a line (key NULL) by its first
 * word; NULL: none. */
static const char *
colour_of(const char *key, const char *text)
{
	static const char *const keys[] = {"state", "wish", "level",
	    "breaker"};
	size_t n = key == NULL ? strcspn(text, " ") : strlen(text);
	bool is_judged = key == NULL;

	for (size_t i = 0; !is_judged && i < sizeof(keys) / sizeof(*keys);
	    i++)
		is_judged = strcmp(key, keys[i]) == 0;
	for (size_t i = 0; is_judged && i < sizeof(bad) / sizeof(*bad); i++)
		if (strlen(bad[i].word) == n &&
		    strncmp(bad[i].word, text, n) == 0)
			return bad[i].colour;
	return NULL;
}

/* padded: up to this width, 0 for none. colour: NULL, as it is. */
static void
put_padded(const struct writer *w, const char *text, size_t padded,
    const char *colour)
{
	size_t width = width_of(text);
	bool coloured = colour != NULL && w->has_colours;

	fprintf(w->to, "%s%s%s", coloured ? colour : "", text,
	    coloured ? PLAIN : "");
	if (padded > width)
		blanks(w, padded - width);
}

static bool
is_table(const json_t *array)
{
	const json_t *row;
	size_t i;

	json_array_foreach(array, i, row)
		if (!json_is_object(row))
			return false;
	return json_array_size(array) > 0;
}

/* A table's columns: the first row's keys and what each is wide. */
struct columns {
	size_t n;
	const char **keys;
	size_t *widths;
};

static void
columns_init(struct columns *c, const json_t *rows)
{
	json_t *first = json_array_get(rows, 0), *value;
	size_t n = json_object_size(first), r;
	const char *key;
	const json_t *row;

	c->n = 0;
	c->keys = xcalloc(n, sizeof(*c->keys));
	c->widths = xcalloc(n, sizeof(*c->widths));
	json_object_foreach(first, key, value) {
		c->keys[c->n] = key;
		c->widths[c->n++] = width_of(key);
	}
	json_array_foreach(rows, r, row) {
		for (size_t i = 0; i < n; i++) {
			const json_t *v = json_object_get(row, c->keys[i]);
			char *cell = v != NULL ? cell_text(c->keys[i], v)
			    : xstrdup("-");

			if (width_of(cell) > c->widths[i])
				c->widths[i] = width_of(cell);
			free(cell);
		}
	}
}

static void
table(const struct writer *w, const json_t *rows, size_t indent)
{
	struct columns c;
	const json_t *row;
	size_t r;

	columns_init(&c, rows);
	blanks(w, indent);
	for (size_t i = 0; i < c.n; i++)
		put_padded(w, c.keys[i], i + 1 < c.n ? c.widths[i] + GAP : 0,
		    BOLD);
	fputc('\n', w->to);
	json_array_foreach(rows, r, row) {
		blanks(w, indent);
		for (size_t i = 0; i < c.n; i++) {
			const json_t *v = json_object_get(row, c.keys[i]);
			char *cell = v != NULL ? cell_text(c.keys[i], v)
			    : xstrdup("-");

			put_padded(w, cell,
			    i + 1 < c.n ? c.widths[i] + GAP : 0,
			    colour_of(c.keys[i], cell));
			free(cell);
		}
		fputc('\n', w->to);
	}
	free(c.keys);
	free(c.widths);
}

static void line(const struct writer *, const char *key, const json_t *,
    size_t indent);
static void members(const struct writer *, const json_t *, size_t indent);

/* An array that is no table: one value a line. */
static void
list(const struct writer *w, const json_t *array, size_t indent)
{
	const json_t *value;
	size_t i;

	json_array_foreach(array, i, value)
		line(w, NULL, value, indent);
}

/* Texts that read better one below the other, as a dialogue. */
static bool
is_long_list(const json_t *array)
{
	const json_t *text;
	size_t i;

	json_array_foreach(array, i, text)
		if (!json_is_string(text))
			return false;
	return json_array_size(array) > LIST_MOST;
}

static bool
is_block(const json_t *value, size_t indent)
{
	if (indent >= DEPTH_MAX * INDENT)
		return false;
	return (json_is_object(value) && json_object_size(value) > 0) ||
	    is_table(value) || is_long_list(value);
}

static void
block(const struct writer *w, const json_t *value, size_t indent)
{
	if (json_is_object(value))
		members(w, value, indent);
	else if (is_long_list(value))
		list(w, value, indent);
	else
		table(w, value, indent);
}

static void
line(const struct writer *w, const char *key, const json_t *value,
    size_t indent)
{
	char *cell;

	if (is_block(value, indent)) {
		block(w, value, indent);
		return;
	}
	cell = cell_text(key, value);
	blanks(w, indent);
	put_padded(w, cell, 0, key != NULL ? colour_of(key, cell) : NULL);
	fputc('\n', w->to);
	free(cell);
}

/* First what fits on a line, then each nested value below its key. */
static void
members(const struct writer *w, const json_t *object, size_t indent)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)object), *value;
	size_t width = 0;
	const char *key;

	json_object_foreach(copy, key, value)
		if (!is_block(value, indent) && width_of(key) > width)
			width = width_of(key);
	json_object_foreach(copy, key, value) {
		blanks(w, indent);
		if (is_block(value, indent)) {
			put_padded(w, key, 0, BOLD);
			fputc('\n', w->to);
			block(w, value, indent + INDENT);
		} else {
			put_padded(w, key, width + GAP, BOLD);
			line(w, key, value, 0);
		}
	}
	json_decref(copy);
}

/* The text of an object that is nothing but one text of several lines. */
static const char *
only_text(const json_t *value)
{
	json_t *only;

	if (json_is_string(value))
		return json_string_value(value);
	if (json_object_size(value) != 1)
		return NULL;
	only = json_object_iter_value(json_object_iter(
	    (json_t *)(uintptr_t)value));
	if (!json_is_string(only) ||
	    strchr(json_string_value(only), '\n') == NULL)
		return NULL;
	return json_string_value(only);
}

void
writer_text(FILE *to, const json_t *value, bool has_colours)
{
	const struct writer w = {.to = to, .has_colours = has_colours};
	const char *whole = only_text(value);

	if (whole != NULL) {
		size_t n = strlen(whole);
		char *text = made_harmless(xstrdup(whole), true);

		fprintf(to, "%s%s", text,
		    n == 0 || text[n - 1] != '\n' ? "\n" : "");
		free(text);
	} else if (is_table(value)) {
		table(&w, value, 0);
	} else if (json_is_array(value) && json_array_size(value) == 0) {
		fprintf(to, "none\n");
	} else if (json_is_array(value)) {
		list(&w, value, 0);
	} else {
		line(&w, NULL, value, 0);
	}
}

void
writer_line(FILE *to, const char *line, bool has_colours)
{
	const struct writer w = {.to = to, .has_colours = has_colours};
	char *text = made_harmless(xstrdup(line), false);

	put_padded(&w, text, 0, colour_of(NULL, text));
	fputc('\n', to);
	free(text);
}

void
writer_json(FILE *to, const json_t *value)
{
	(void)json_dumpf(value, to, JSON_INDENT(2) | JSON_ENCODE_ANY);
	fputc('\n', to);
}
