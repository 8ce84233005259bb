/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rows are kept until a batch is full, sent, and reported in the order of
 * their lines, whether the daemon refused them or this program.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <unistr.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/phone.h"
#include "ctl/cell.h"
#include "ctl/charset.h"
#include "ctl/columns.h"
#include "ctl/forecast.h"
#include "ctl/import.h"
#include "ctl/sheet.h"

#define CELL_MAX   4096			/* octets; the daemon takes less */
#define BATCH_MAX  (CONTROL_LIMIT / 2)	/* octets of a batch as JSON */
#define SHOWN_MAX  40			/* octets of a refused value */

/* A row of the batch; field and error when it is not to be sent. */
struct item {
	size_t line;
	json_t *fields;
	const char *field, *error;
	const char *state, *reason;	/* what it came to; NULL: not known */
	const json_t *plan;		/* of dry-run: what it would come to */
};

struct import {
	const struct import_job *job;
	struct columns columns;
	struct item items[CONTROL_ROWS_MAX];
	size_t n_items, batch_size;
	size_t taken, refused, duplicates, open, done;
	json_t *report;				/* of what was refused */
	json_t *silent;				/* reason: how many */
	json_t *fates;				/* of the batch under way */
	struct forecast *forecast;		/* of dry-run, else NULL */
	int64_t began_ms;
	bool shows_progress;
	int status;				/* not 0: gave up */
};

/* --- telling -------------------------------------------------------------- */

static void
progress(const struct import *im, bool is_over)
{
	if (!im->shows_progress)
		return;
	if (is_over)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\r%zu rows, %lld s\033[K", im->done,
		    (long long)(clock_mono_ms() - im->began_ms) / 1000);
	(void)fflush(stderr);
}

/* In its own column any digits; elsewhere, of whatever country, but for the
 * fields that hold long numbers of another kind. */
static bool
is_perhaps_phone(const char *field, const char *value)
{
	static const char *const measures[] = {"at", "not_before", "expires",
	    "due", "fee"};
	size_t digits = 0;

	for (const char *p = value; *p != '\0'; p++)
		digits += isdigit((unsigned char)*p) != 0;
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
		if (strcmp(field, measures[i]) == 0)
			return false;
	return strcmp(field, "phone") == 0 ? digits > 0
	    : digits >= 8 && strspn(value, "+0123456789 .-()") ==
	    strlen(value);
}

/* A refused value as the report may show it: no telephone number, wherever
 * it stands, no digits of an ID, no control characters, not endless. */
static void
put_value(const char *field, const char *value)
{
	char phone[PHONE_SIZE], mask[PHONE_SIZE];
	size_t n = strlen(value), shown;

	if (strcmp(field, "id4") == 0 || strcmp(field, "secret") == 0) {
		return;
	} else if (is_perhaps_phone(field, value) ||
	    phone_normalise("84", value, phone) == PHONE_OK) {
		printf(" \"%s\"", phone_mask(value, mask));
		return;
	}
	shown = n > SHOWN_MAX ? SHOWN_MAX : n;
	while (shown < n && ((unsigned char)value[shown] & 0xc0) == 0x80)
		shown--;	/* not within a character */
	fputs(" \"", stdout);
	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)value[i];

		/* 0xc2 0x80 to 0x9f are control characters as well. */
		if (c < ' ' || c == 0x7f || (c == 0xc2 && i + 1 < shown &&
		    (unsigned char)value[i + 1] < 0xa0))
			c = '?';
		putchar(c);
	}
	printf("%s\"", shown < n ? "…" : "");
}

static void
refuse_row(struct import *im, size_t line, const char *field, const char *error,
    const json_t *fields)
{
	const char *value = json_string_value(json_object_get(fields, field));

	im->refused++;
	if (im->job->is_json) {
		(void)json_array_append_new(im->report, json_pack(
		    "{s:I, s:s, s:s}", "line", (json_int_t)line, "field",
		    field, "error", error));
		return;
	}
	progress(im, true);
	printf("%s:%zu: %s%s: %s", im->job->file, line,
	    strcmp(field, "row") == 0 ? "" : "field ", field, error);
	if (value != NULL)
		put_value(field, value);
	if (cell_advice(error) != NULL)
		printf(": %s", cell_advice(error));
	putchar('\n');
}

static void __attribute__((format(printf, 3, 4)))
give_up(struct import *im, int status, const char *fmt, ...)
{
	va_list ap;

	progress(im, true);
	fprintf(stderr, "baotinctl: %s: ", im->job->file);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	im->status = status;
}

/* --- a batch -------------------------------------------------------------- */

static void
clear_batch(struct import *im)
{
	for (size_t i = 0; i < im->n_items; i++)
		json_decref(im->items[i].fields);
	im->n_items = im->batch_size = 0;
	json_decref(im->fates);
	im->fates = NULL;
}

/* Marks what the daemon refused; sent[i] is the item of its row i. 0 or
 * -1: not understood. */
static int
mark_refused(struct item *const *sent, size_t n, const json_t *result)
{
	const json_t *list = json_object_get(result, "refused"), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		size_t row = (size_t)json_integer_value(json_object_get(one,
		    "row"));

		if (row >= n)
			return -1;
		sent[row]->field = json_string_value(json_object_get(one,
		    "field"));
		sent[row]->error = json_string_value(json_object_get(one,
		    "error"));
		if (sent[row]->field == NULL || sent[row]->error == NULL)
			return -1;
	}
	return json_is_array(list) ? 0 : -1;
}

/* Asks what the intake made of the rows that the daemon took. When it does not
 * get through one batch in time, the rest is not waited for. */
static void
learn_fates(struct import *im, struct item *const *sent, size_t n,
    const json_t *result)
{
	const json_t *entries = json_object_get(result, "entries"), *fate;
	size_t at = 0;

	im->fates = im->open > 0 ? json_object()
	    : fates_wait(entries, im->job->ask_words, im->job->arg);
	for (size_t i = 0; i < n; i++) {
		if (sent[i]->error != NULL)
			continue;
		fate = json_object_get(im->fates, json_string_value(
		    json_array_get(entries, at++)));
		sent[i]->state = json_string_value(json_object_get(fate,
		    "state"));
		sent[i]->reason = json_string_value(json_object_get(fate,
		    "reason"));
		if (sent[i]->state != NULL &&
		    strcmp(sent[i]->state, "rejected") == 0) {
			sent[i]->error = sent[i]->reason;
			sent[i]->field = json_string_value(
			    json_object_get(fate, "field"));
		}
	}
}

/* Notes what the daemon would do with row i of its request, in item sent[i].
 * Returns -1 when the answer is not understood. */
static int
learn_plans(struct item *const *sent, size_t n, const json_t *result)
{
	const json_t *plans = json_object_get(result, "plans"), *plan;
	size_t i;

	json_array_foreach(plans, i, plan) {
		size_t row = (size_t)json_integer_value(json_object_get(plan,
		    "row"));

		if (row >= n)
			return -1;
		sent[row]->plan = plan;
	}
	for (i = 0; i < n; i++)
		if (sent[i]->plan == NULL && sent[i]->error == NULL)
			return -1;
	return 0;
}

static int
exchange_batch(struct import *im, struct control_answer *answer)
{
	struct item *sent[CONTROL_ROWS_MAX];
	json_t *rows = json_array();
	size_t n = 0;
	int status = 0;

	for (size_t i = 0; i < im->n_items; i++) {
		if (im->items[i].error != NULL)
			continue;
		(void)json_array_append(rows, im->items[i].fields);
		sent[n++] = &im->items[i];
	}
	if (n > 0)
		status = im->job->ask(rows, answer, im->job->arg);
	json_decref(rows);
	if (status == 0 && n > 0 &&
	    (mark_refused(sent, n, answer->result) == -1 ||
	    (im->job->is_dry && learn_plans(sent, n, answer->result) == -1))) {
		fputs("baotinctl: the daemon's answer is not understood: is "
		    "it another version?\n", stderr);
		status = 1;
	}
	if (status == 0 && n > 0 && !im->job->is_check && !im->job->is_dry)
		learn_fates(im, sent, n, answer->result);
	return status;
}

static void
count_fate(struct import *im, const struct item *item)
{
	bool is_silent = item->state != NULL &&
	    strcmp(item->state, "suppressed") == 0;

	if (is_silent && strcmp(item->reason, "duplicate") == 0) {
		im->duplicates++;
		return;
	}
	im->taken++;
	if (is_silent)
		(void)json_object_set_new(im->silent, item->reason,
		    json_integer(json_integer_value(json_object_get(
		    im->silent, item->reason)) + 1));
	else if (item->state == NULL && !im->job->is_check)
		im->open++;
}

static void
show_plan(struct import *im, const struct item *item)
{
	progress(im, true);
	forecast_row(im->forecast, item->line, item->plan);
}

static void
send_batch(struct import *im)
{
	struct control_answer answer = {0};
	size_t first = im->n_items > 0 ? im->items[0].line : 0;
	int status = exchange_batch(im, &answer);

	if (status != 0) {
		give_up(im, status, im->job->is_dry
		    ? "nobody knows what would become of line %zu and what "
		    "follows" : "nothing from line %zu on is known to be "
		    "imported; import it again", first);
	} else {
		for (size_t i = 0; i < im->n_items; i++) {
			const struct item *item = &im->items[i];

			if (item->error != NULL)
				refuse_row(im, item->line, item->field,
				    item->error, item->fields);
			else if (im->job->is_dry)
				show_plan(im, item);
			else
				count_fate(im, item);
		}
		im->done += im->n_items;
		progress(im, false);
	}
	control_answer_clear(&answer);
	clear_batch(im);
}

/* --- a row ---------------------------------------------------------------- */

/* As the field wants it; when that can't be, as it is, with the error. */
static json_t *
read_value(struct item *item, const char *name, const char *text)
{
	char *value = cell_value(name, text, &item->error);
	json_t *out = json_string(value != NULL ? value : text);

	free(value);
	return out;
}

static void
read_cell(struct item *item, const char *name, const struct sheet_cell *cell)
{
	item->field = name;
	if (cell->length > CELL_MAX)
		item->error = "too_long";
	else if (memchr(cell->text, '\0', cell->length) != NULL)
		item->error = "control_character";
	else if (u8_check((const uint8_t *)cell->text, cell->length) != NULL)
		item->error = "not_utf8";
	else
		(void)json_object_set_new(item->fields, name,
		    read_value(item, name, cell->text));
}

static void
tell_ignored(size_t column, const char *heading, void *arg)
{
	struct import *im = arg;

	progress(im, true);
	fprintf(stderr, "baotinctl: %s: column %zu is passed over: \"%s\"\n",
	    im->job->file, column + 1, heading);
}

static bool
read_row(const struct sheet_row *row, void *arg)
{
	struct import *im = arg;
	struct item *item = &im->items[im->n_items];

	if (im->columns.n == 0) {
		if (!columns_take(&im->columns, row,
		    im->job->ignores_unknown ? tell_ignored : NULL, im))
			give_up(im, 2, "%s", im->columns.error);
		return im->status == 0;
	}
	*item = (struct item){.line = row->line, .fields = json_object()};
	for (size_t i = 0; i < row->n && item->error == NULL; i++) {
		if (row->cells[i].length == 0)
			continue;
		if (i < im->columns.n && im->columns.fields[i] == NULL)
			continue;
		if (i < im->columns.n) {
			read_cell(item, im->columns.fields[i],
			    &row->cells[i]);
		} else {
			item->field = "row";
			item->error = "too_many_cells";
		}
	}
	if (json_object_size(item->fields) == 0 && item->error == NULL) {
		json_decref(item->fields);	/* nothing but separators */
		return true;
	}
	im->n_items++;
	im->batch_size += json_dumpb(item->fields, NULL, 0, JSON_COMPACT);
	if (im->n_items == CONTROL_ROWS_MAX || im->batch_size > BATCH_MAX)
		send_batch(im);
	return im->status == 0;
}

/* --- the file ------------------------------------------------------------- */

/* The rest of a file that is not in UTF-8, behind its sample, as UTF-8. */
static void
feed_converted(struct import *im, struct sheet *sheet, FILE *from,
    const char *charset, const char *sample, size_t n)
{
	char *all = xreallocarray(NULL, CHARSET_MOST, 1), *text;

	memcpy(all, sample, n);
	n += fread(all + n, 1, CHARSET_MOST - n, from);
	text = n < CHARSET_MOST ? charset_decode(charset, all, n) : NULL;
	free(all);
	progress(im, true);
	if (text == NULL) {
		give_up(im, 2, n < CHARSET_MOST
		    ? "this looks like %s, but not all of it is: save it as "
		    "\"CSV UTF-8\"" : "this is %s, and too large to be "
		    "converted: save it as \"CSV UTF-8\"", charset);
		return;
	}
	fprintf(stderr, "baotinctl: %s: not UTF-8; it is read as %s: look "
	    "whether the accents are right\n", im->job->file, charset);
	(void)sheet_feed(sheet, text, strlen(text));
	free(text);
}

static void
feed_file(struct import *im, struct sheet *sheet, FILE *from)
{
	char *data = xreallocarray(NULL, CHARSET_SAMPLE, 1);
	size_t n = fread(data, 1, CHARSET_SAMPLE, from);
	const char *charset = charset_guess(data, n);

	if (charset != NULL)
		feed_converted(im, sheet, from, charset, data, n);
	else
		while (n > 0 && sheet_feed(sheet, data, n))
			n = fread(data, 1, CHARSET_SAMPLE, from);
	free(data);
}

static void
tell_fault(struct import *im, const struct sheet *sheet)
{
	const char *missing = columns_missing(&im->columns), *fault;
	size_t line;

	fault = sheet_fault(sheet, &line);
	if (fault != NULL && strcmp(fault, "utf16") == 0) {
		give_up(im, 2, "this is UTF-16: save it as CSV UTF-8");
	} else if (fault != NULL) {
		refuse_row(im, line, "row", fault, NULL);
		give_up(im, im->columns.n == 0 ? 2 : 1, "line %zu: %s: "
		    "nothing from there on was read", line, fault);
	} else if (missing != NULL) {
		give_up(im, 2, "%s", missing);
	} else if (im->columns.n == 0) {
		give_up(im, 2, "it is empty");
	}
}

static void
read_file(struct import *im, FILE *from)
{
	struct sheet *sheet = sheet_new(read_row, im);

	feed_file(im, sheet, from);
	if (ferror(from))
		give_up(im, 1, "%s", strerror(errno));
	else if (im->status == 0)
		(void)sheet_end(sheet);
	if (im->status == 0)
		send_batch(im);
	if (im->status == 0)
		tell_fault(im, sheet);
	sheet_free(sheet);
}

static void
sum_as_json(const struct import *im, const char *word)
{
	json_t *sum = json_pack("{s:I, s:O}", word, (json_int_t)im->taken,
	    "refused", im->report);

	if (!im->job->is_check)
		(void)json_object_update_new(sum, json_pack(
		    "{s:I, s:O, s:I}", "duplicates",
		    (json_int_t)im->duplicates, "no_text", im->silent,
		    "not_known_yet", (json_int_t)im->open));
	(void)json_dumpf(sum, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(sum);
}

static void
tell_sum(struct import *im)
{
	const char *word = im->job->is_check ? "usable" : "imported", *reason;
	json_t *n;

	progress(im, true);
	if (im->job->is_dry) {
		forecast_end(im->forecast, im->refused, im->report);
		return;
	}
	if (im->job->is_json) {
		sum_as_json(im, word);
		return;
	}
	printf("%zu %s, ", im->taken, word);
	if (im->duplicates > 0)
		printf("%zu duplicate, ", im->duplicates);
	printf("%zu refused\n", im->refused);
	/* Only rows that wanted a text are counted. */
	json_object_foreach(im->silent, reason, n)
		if (strcmp(reason, "no_phone") != 0 &&
		    strcmp(reason, "notify") != 0)
			printf("  %" JSON_INTEGER_FORMAT " without a text: "
			    "%s\n", json_integer_value(n), reason);
	if (im->open > 0)
		printf("  %zu not taken in yet: the intake goes on\n",
		    im->open);
}

int
import_run(const struct import_job *job)
{
	bool is_stdin = strcmp(job->file, "-") == 0;
	FILE *from = is_stdin ? stdin : fopen(job->file, "re");
	struct import *im;
	int status;

	if (from == NULL) {
		fprintf(stderr, "baotinctl: %s: %s\n", job->file,
		    strerror(errno));
		return 2;
	}
	im = xcalloc(1, sizeof(*im));
	im->job = job;
	im->report = json_array();
	im->forecast = job->is_dry ? forecast_new(job->file, job->is_json)
	    : NULL;
	im->silent = json_object();
	im->began_ms = clock_mono_ms();
	im->shows_progress = isatty(STDERR_FILENO) == 1;
	read_file(im, from);
	if (im->status != 2)
		tell_sum(im);
	status = im->status != 0 ? im->status : im->refused > 0 ? 1 : 0;
	clear_batch(im);
	columns_clear(&im->columns);
	if (im->forecast != NULL)
		forecast_free(im->forecast);
	json_decref(im->report);
	json_decref(im->silent);
	free(im);
	if (!is_stdin)
		(void)fclose(from);
	return status;
}
