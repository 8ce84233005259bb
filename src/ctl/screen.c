/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each line is written by ctl/writer.c, and cut here.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unistr.h>
#include <uniwidth.h>

#include "base/mem.h"
#include "ctl/narrow.h"
#include "ctl/screen.h"
#include "ctl/writer.h"

#define WRAPS 3		/* lines of the status line */
#define LINE_END "\033[K\n"

struct screen {
	FILE *to;
	size_t rows, columns;	/* rows: that are left */
	bool has_colours;
};

static json_t *modem_rows(const json_t *);
static json_t *queue_rows(const json_t *);
static json_t *alarm_rows(const json_t *);
static json_t *change_rows(const json_t *);

/* From top to bottom. share: the part of the rows that are left which it may
 * take, as one of so many; it needs no more than it has. */
static const struct section {
	const char *member;
	const char *heading;	/* NULL: its table's is enough */
	json_t *(*rows)(const json_t *);
	size_t share;
} sections[] = {
	{"modems", NULL, modem_rows, 2},
	{"queue", NULL, queue_rows, 1},
	{"alarms", "ALARMS", alarm_rows, 2},
	{"changes", "LAST CHANGES", change_rows, 1},
};

static bool
is_well(const json_t *modem)
{
	const char *state = json_string_value(json_object_get(modem,
	    "state"));
	const char *why = json_string_value(json_object_get(modem, "why"));

	return state != NULL && (strcmp(state, "ready") == 0 ||
	    strcmp(state, "busy") == 0) && (why == NULL || *why == '\0');
}

/* What is wrong stands first. */
static json_t *
modem_rows(const json_t *modems)
{
	json_t *all = modems_narrow(modems), *out = json_array();
	json_t *row;
	size_t i;

	for (int wants_well = 0; wants_well < 2; wants_well++)
		json_array_foreach(all, i, row)
			if (is_well(row) == (wants_well == 1))
				json_array_append(out, row);
	json_decref(all);
	return out;
}

/* One row; the oldest one's age is easier to read than its time. */
static json_t *
queue_rows(const json_t *queue)
{
	static const char *const keys[] = {"events", "ready", "delayed",
	    "in_flight", "unknown", "held_back"};
	json_int_t at = json_integer_value(json_object_get(queue,
	    "oldest_at"));
	json_t *row;

	if (json_object_size(queue) == 0)
		return json_array();
	row = json_object();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		(void)json_object_set(row, keys[i], json_object_get(queue,
		    keys[i]));
	(void)json_object_set_new(row, "oldest", at > 0
	    ? json_sprintf("%lld min", ((long long)time(NULL) - at / 1000) /
	    60) : json_null());
	return json_pack("[o]", row);
}

static json_t *
alarm_rows(const json_t *alarms)
{
	return alarms_narrow(alarms);
}

static json_t *
change_rows(const json_t *changes)
{
	return changes_narrow(changes);
}

/* The octets of an escape sequence here (ESC [ … letter), or 0. */
static size_t
escape_length(const char *text, size_t n)
{
	size_t i = 2;

	if (n < 3 || text[0] != '\033' || text[1] != '[')
		return 0;
	while (i < n && text[i] >= 0x20 && text[i] < 0x40)
		i++;
	return i < n ? i + 1 : 0;
}

/* One line, cut to the terminal's width. */
static void
put_line(struct screen *s, const char *text, size_t n)
{
	size_t used = 0, i = 0;

	if (s->rows == 0)
		return;
	while (i < n) {
		size_t step = escape_length(text + i, n - i);
		ucs4_t c = 0;
		int width = 0;

		if (step == 0) {
			step = (size_t)u8_mbtouc(&c,
			    (const uint8_t *)text + i, n - i);
			width = uc_width(c, "UTF-8");
		}
		if (width > 0 && used + (size_t)width > s->columns)
			break;
		used += width > 0 ? (size_t)width : 0;
		fwrite(text + i, 1, step, s->to);
		i += step;
	}
	fputs(s->has_colours ? "\033[0m" LINE_END : LINE_END, s->to);
	s->rows--;
}

static void
put_text(struct screen *s, const char *text)
{
	put_line(s, text, strlen(text));
}

/* Where to break a line of at most `columns` octets. */
static size_t
break_at(const char *text, size_t columns)
{
	size_t n = strlen(text);

	if (n <= columns)
		return n;
	for (n = columns; n > 0 && text[n] != ' '; n--)
		;
	return n > 0 ? n : columns;
}

static void
put_wrapped(struct screen *s, const char *text)
{
	for (int i = 0; i < WRAPS && *text != '\0'; i++) {
		size_t n = break_at(text, s->columns);
		char *part = xasprintf("%.*s", (int)n, text), *line = NULL;
		size_t size;
		FILE *to = open_memstream(&line, &size);

		if (to != NULL) {
			writer_line(to, part, s->has_colours && i == 0);
			(void)fclose(to);
			put_line(s, line, strcspn(line, "\n"));
		}
		free(line);
		free(part);
		text += n + strspn(text + n, " ");
	}
}

/* A table of rows, in at most `most` lines. */
static void
put_table(struct screen *s, const json_t *rows, size_t most)
{
	size_t n = json_array_size(rows) + 1, size = 0;
	char *text = NULL;
	FILE *to = open_memstream(&text, &size);
	const char *at;

	if (to == NULL)
		return;
	writer_text(to, rows, s->has_colours);
	(void)fclose(to);
	at = text;
	for (size_t i = 0; i < n && i < most; i++) {
		size_t octets = strcspn(at, "\n");
		char more[40];

		if (i + 1 == most && i + 1 < n) {
			(void)snprintf(more, sizeof(more),
			    "... and %zu more", n - i);
			put_text(s, more);
			break;
		}
		put_line(s, at, octets);
		at += octets + (at[octets] == '\n');
	}
	free(text);
}

static void
put_section(struct screen *s, const struct section *section,
    const json_t *told)
{
	json_t *rows = section->rows(json_object_get(told, section->member));
	size_t most = s->rows / section->share;
	size_t head = section->heading != NULL ? 2 : 1;

	/* A blank line, a heading, the table's own, and a row. */
	if (json_array_size(rows) > 0 && most >= head + 2) {
		put_text(s, "");
		if (section->heading != NULL)
			put_text(s, section->heading);
		put_table(s, rows, most - head);
	}
	json_decref(rows);
}

static void
put_title(struct screen *s, const json_t *told)
{
	const char *name = json_string_value(json_object_get(told, "name"));
	char clock[32] = "", *title;
	time_t at = (time_t)(json_integer_value(json_object_get(told, "at")) /
	    1000);
	struct tm tm;

	if (at != 0 && localtime_r(&at, &tm) != NULL)
		(void)strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S",
		    &tm);
	title = xasprintf("baotin %s  %s  (q ends)", name != NULL ? name : "",
	    clock);
	put_text(s, title);
	free(title);
}

char *
screen_text(const json_t *told, const char *trouble, size_t rows,
    size_t columns, bool has_colours)
{
	struct screen s = {NULL, rows, columns, has_colours};
	const char *line = json_string_value(json_object_get(told, "line"));
	char *text = NULL;
	size_t size;

	s.to = open_memstream(&text, &size);
	if (s.to == NULL)
		return xstrdup("");
	put_title(&s, told);
	if (trouble != NULL)
		put_wrapped(&s, trouble);
	else if (line != NULL)
		put_wrapped(&s, line);
	for (size_t i = 0; trouble == NULL && told != NULL &&
	    i < sizeof(sections) / sizeof(sections[0]); i++)
		put_section(&s, &sections[i], told);
	(void)fclose(s.to);
	/* No line feed behind the last line: it would scroll. */
	size = strlen(text);
	if (s.rows == 0 && size > 0 && text[size - 1] == '\n')
		text[size - 1] = '\0';
	return text;
}
