/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each row is shown when it comes; the sum is kept until the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "ctl/forecast.h"

struct forecast {
	const char *file;
	bool is_json;
	json_t *rows;		/* for JSON */
	json_t *seen;		/* dossier or event: the event before */
	json_t *silent;		/* why: how many */
	size_t texts, segments;
};

static const char *
word(const json_t *plan, const char *key)
{
	const char *text = json_string_value(json_object_get(plan, key));

	return text != NULL ? text : "";
}

struct forecast *
forecast_new(const char *file, bool is_json)
{
	struct forecast *f = xcalloc(1, sizeof(*f));

	f->file = file;
	f->is_json = is_json;
	f->rows = json_array();
	f->seen = json_object();
	f->silent = json_object();
	return f;
}

/* Without a key and a time an event is a repetition only of the one before it
 * of the same dossier. */
static bool
is_repetition(struct forecast *f, const json_t *plan)
{
	const char *event = word(plan, "event"), *before;
	const char *key = json_is_true(json_object_get(plan,
	    "is_by_content")) ? word(plan, "dossier") : event;
	bool is_it;

	before = json_string_value(json_object_get(f->seen, key));
	is_it = before != NULL && strcmp(before, event) == 0;
	(void)json_object_set_new(f->seen, key, json_string(event));
	return is_it;
}

static void
count_silent(struct forecast *f, const char *why)
{
	(void)json_object_set_new(f->silent, why, json_integer(1 +
	    json_integer_value(json_object_get(f->silent, why))));
}

static void
show_text(const json_t *plan)
{
	const char *modem = word(plan, "modem"), *waits = word(plan,
	    "waits_for");
	json_int_t n = json_integer_value(json_object_get(plan, "segments"));
	char at[WHEN_SIZE];

	printf("%" JSON_INTEGER_FORMAT " segment%s %s, pool %s%s%s, ", n,
	    n == 1 ? "" : "s", word(plan, "coding"), word(plan, "pool"),
	    *modem != '\0' ? ", best by " : "", modem);
	if (strcmp(waits, "release") == 0)
		printf("held until released\n");
	else if (*waits == '\0')
		printf("now\n");
	else
		printf("from %s (%s)\n", when_format(json_integer_value(
		    json_object_get(plan, "at")), at), waits);
	printf("  %s\n", word(plan, "text"));
}

static void
show_plan(const struct forecast *f, size_t line, const json_t *plan,
    const char *why)
{
	const char *phone = word(plan, "phone");

	printf("%s:%zu: %s %s%s%s: ", f->file, line, word(plan, "dossier"),
	    word(plan, "status"), *phone != '\0' ? " to " : "", phone);
	if (*why != '\0')
		printf("no text: %s\n", why);
	else
		show_text(plan);
}

static void
keep_row(struct forecast *f, size_t line, const json_t *plan, const char *why)
{
	json_t *row = json_pack("{sI}", "line", (json_int_t)line);
	json_t *copy = json_deep_copy(plan);

	(void)json_object_del(copy, "row");
	(void)json_object_del(copy, "event");
	(void)json_object_del(copy, "is_by_content");
	if (*why != '\0')
		(void)json_object_set_new(copy, "no_text", json_string(why));
	(void)json_object_update_new(row, copy);
	(void)json_array_append_new(f->rows, row);
}

void
forecast_row(struct forecast *f, size_t line, const json_t *plan)
{
	const char *why = word(plan, "no_text");

	if (is_repetition(f, plan))
		why = "duplicate";
	if (f->is_json)
		keep_row(f, line, plan, why);
	else
		show_plan(f, line, plan, why);
	if (*why != '\0') {
		count_silent(f, why);
		return;
	}
	f->texts++;
	f->segments += (size_t)json_integer_value(json_object_get(plan,
	    "segments"));
}

void
forecast_end(struct forecast *f, size_t n_refused, const json_t *refused)
{
	const char *why;
	json_t *n;

	if (f->is_json) {
		json_t *sum = json_pack("{sO sI sI sO sO}", "rows", f->rows,
		    "texts", (json_int_t)f->texts, "segments",
		    (json_int_t)f->segments, "no_text", f->silent, "refused",
		    refused);

		(void)json_dumpf(sum, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(sum);
		return;
	}
	printf("%zu text%s in %zu segment%s, %zu refused; nothing was sent\n",
	    f->texts, f->texts == 1 ? "" : "s", f->segments,
	    f->segments == 1 ? "" : "s", n_refused);
	json_object_foreach(f->silent, why, n)
		printf("  %" JSON_INTEGER_FORMAT " without a text: %s\n",
		    json_integer_value(n), why);
}

void
forecast_free(struct forecast *f)
{
	json_decref(f->rows);
	json_decref(f->seen);
	json_decref(f->silent);
	free(f);
}
