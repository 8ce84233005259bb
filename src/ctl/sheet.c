/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hands libcsv one line after the other, so that it is known in which line
 * each row starts and ends.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <csv.h>

#include "base/mem.h"
#include "ctl/sheet.h"

#define TITLE_LINES_MAX 10	/* before the separator is a comma */

struct sheet {
	sheet_row_fn *on_row;
	void *arg;
	struct csv_parser csv;
	char *first;		/* what came before the first line's end */
	size_t first_n;
	bool has_begun;		/* the separator is known */
	bool is_open;		/* within a row */
	bool is_stopped;
	bool ended_in_cr;	/* a LF that follows ends no further line */
	size_t line, row_line;
	const char *fault;
	char *text;		/* the cells of this row */
	size_t n, size;
	size_t ends[SHEET_CELLS_MAX];
	size_t n_cells;
};

static bool
stop(struct sheet *s, const char *fault)
{
	s->is_stopped = true;
	if (s->fault == NULL)
		s->fault = fault;
	return false;
}

/* --- what libcsv says ---------------------------------------------------- */

static void
on_cell_cb(void *data, size_t n, void *arg)
{
	struct sheet *s = arg;

	if (s->is_stopped)
		return;
	if (s->n + n + 1 > SHEET_ROW_MAX) {
		(void)stop(s, "row_too_long");
		return;
	}
	if (s->n_cells == SHEET_CELLS_MAX) {
		(void)stop(s, "too_many_cells");
		return;
	}
	if (s->n + n + 1 > s->size) {
		s->size = (s->n + n + 1) * 2;
		s->text = xreallocarray(s->text, s->size, 1);
	}
	if (n > 0)
		memcpy(s->text + s->n, data, n);
	s->n += n;
	s->text[s->n++] = '\0';
	s->ends[s->n_cells++] = s->n;
}

static void
on_row_cb(int character, void *arg)
{
	struct sheet *s = arg;
	struct sheet_cell *cells;
	struct sheet_row row = {.line = s->row_line, .n = s->n_cells};
	size_t from = 0;

	(void)character;
	if (s->is_stopped)
		return;
	cells = xcalloc(s->n_cells, sizeof(*cells));
	for (size_t i = 0; i < s->n_cells; i++) {
		cells[i].text = s->text + from;
		cells[i].length = s->ends[i] - from - 1;
		from = s->ends[i];
	}
	row.cells = cells;
	if (!s->on_row(&row, s->arg))
		(void)stop(s, NULL);
	free(cells);
	s->is_open = false;
	s->n = s->n_cells = 0;
}

/* --- lines ---------------------------------------------------------------- */

static bool
is_blank(const struct sheet *s, char c)
{
	return c == ' ' || c == '\r' || c == '\n' ||
	    (c == '\t' && s->csv.delim_char != '\t');
}

/* Octets of one line, or of its rest, up to its end if that is there. */
static bool
feed_piece(struct sheet *s, const char *data, size_t n)
{
	char last = data[n - 1];
	bool is_crlf = s->ended_in_cr && data[0] == '\n';

	if (!s->is_open) {
		s->row_line = s->line;
		for (size_t i = 0; i < n && !s->is_open; i++)
			s->is_open = !is_blank(s, data[i]);
	}
	if (csv_parse(&s->csv, data, n, on_cell_cb, on_row_cb, s) < n) {
		if (csv_error(&s->csv) != CSV_EPARSE)
			abort();	/* no memory */
		return stop(s, "quote");
	}
	if (s->csv.entry_pos > SHEET_ROW_MAX)
		return stop(s, "row_too_long");
	s->ended_in_cr = last == '\r';
	if ((last == '\n' && !is_crlf) || last == '\r')
		s->line++;
	return !s->is_stopped;
}

static bool
feed_lines(struct sheet *s, const char *data, size_t n)
{
	while (n > 0 && !s->is_stopped) {
		size_t piece = 0;

		while (piece < n && data[piece] != '\n' &&
		    data[piece] != '\r')
			piece++;
		if (piece < n)
			piece++;
		if (!feed_piece(s, data, piece))
			break;
		data += piece;
		n -= piece;
	}
	return !s->is_stopped;
}

/* --- the first line ------------------------------------------------------- */

/* "sep=;", with which a first line tells Excel the separator; NUL: it does
 * not. line: n octets, without its end. */
static char
told_separator(const char *line, size_t n)
{
	return n == 5 && strncasecmp(line, "sep=", 4) == 0 &&
	    strchr(",;\t|", line[4]) != NULL ? line[4] : '\0';
}

/* The most frequent of the three outside of quotes; NUL when there is none. */
static char
find_separator(const char *line, size_t n)
{
	static const char known[] = {',', ';', '\t'};
	size_t count[sizeof(known)] = {0}, best = 0;
	bool is_quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == '"')
			is_quoted = !is_quoted;
		for (size_t k = 0; k < sizeof(known) && !is_quoted; k++)
			count[k] += line[i] == known[k];
	}
	for (size_t k = 1; k < sizeof(known); k++)
		if (count[k] > count[best])
			best = k;
	return count[best] > 0 ? known[best] : '\0';
}

static bool
is_utf16(const char *line, size_t n)
{
	return n >= 2 && (memcmp(line, "\xff\xfe", 2) == 0 ||
	    memcmp(line, "\xfe\xff", 2) == 0 ||
	    line[0] == '\0' || line[1] == '\0');
}

/* A title has several words; a line with one is a heading. */
static bool
is_title(const char *line, size_t n)
{
	while (n > 0 && strchr(" \t", line[n - 1]) != NULL)
		n--;
	while (n > 0 && strchr(" \t", *line) != NULL) {
		line++;
		n--;
	}
	return memchr(line, ' ', n) != NULL;
}

/* The separator of a line, or a comma where it has none; NUL of a title: the
 * next line tells. A line "sep=;" becomes blank. */
static char
separator_of(char *line, size_t n, bool is_first)
{
	char separator = is_first ? told_separator(line, n) : '\0';

	if (separator != '\0') {
		memset(line, ' ', n);
		return separator;
	}
	separator = find_separator(line, n);
	return separator != '\0' ? separator : is_title(line, n) ? '\0' : ',';
}

/* The separator of the first line that is no title. NUL: more of the file is
 * needed. */
static char
decide(char *data, size_t n, bool is_whole)
{
	size_t lines = 0, end;
	char separator = '\0';

	for (size_t from = 0; from < n && separator == '\0'; from = end + 1) {
		bool is_empty = true;

		for (end = from; end < n && data[end] != '\r' &&
		    data[end] != '\n'; end++)
			is_empty = is_empty && strchr(" \t", data[end]) != NULL;
		if (end == n && !is_whole)
			return '\0';
		if (!is_empty)
			separator = separator_of(data + from, end - from,
			    lines++ == 0);
	}
	return separator != '\0' || (!is_whole && lines <= TITLE_LINES_MAX)
	    ? separator : ',';
}

static size_t
mark_size(const struct sheet *s)
{
	return s->first_n >= 3 && memcmp(s->first, "\xef\xbb\xbf", 3) == 0
	    ? 3 : 0;
}

/* Begins as soon as the separator is known. */
static bool
begin_rows(struct sheet *s, bool is_whole)
{
	size_t mark = mark_size(s);
	char *data = s->first, separator;
	bool goes_on;

	if (is_utf16(data, s->first_n))
		return stop(s, "utf16");
	separator = decide(data + mark, s->first_n - mark, is_whole);
	if (separator == '\0')
		return s->first_n <= SHEET_ROW_MAX || stop(s, "row_too_long");
	s->has_begun = true;
	s->first = NULL;
	csv_set_delim(&s->csv, (unsigned char)separator);
	goes_on = feed_lines(s, data + mark, s->first_n - mark);
	free(data);
	return goes_on;
}

bool
sheet_feed(struct sheet *s, const char *data, size_t n)
{
	if (s->is_stopped || n == 0)
		return !s->is_stopped;
	if (s->has_begun)
		return feed_lines(s, data, n);
	s->first = xreallocarray(s->first, s->first_n + n, 1);
	memcpy(s->first + s->first_n, data, n);
	s->first_n += n;
	return begin_rows(s, false);
}

bool
sheet_end(struct sheet *s)
{
	if (!s->has_begun && !s->is_stopped && s->first_n > 0)
		(void)begin_rows(s, true);
	if (s->is_stopped)
		return false;
	if (csv_fini(&s->csv, on_cell_cb, on_row_cb, s) == -1)
		return stop(s, "quote_open");
	return !s->is_stopped;
}

const char *
sheet_fault(const struct sheet *s, size_t *line)
{
	*line = s->row_line;
	return s->fault;
}

struct sheet *
sheet_new(sheet_row_fn *on_row, void *arg)
{
	struct sheet *s = xcalloc(1, sizeof(*s));

	s->on_row = on_row;
	s->arg = arg;
	s->line = s->row_line = 1;
	if (csv_init(&s->csv, CSV_STRICT | CSV_STRICT_FINI |
	    CSV_APPEND_NULL) != 0)
		abort();
	csv_set_blk_size(&s->csv, 4096);
	return s;
}

void
sheet_free(struct sheet *s)
{
	if (s == NULL)
		return;
	csv_free(&s->csv);
	free(s->first);
	free(s->text);
	free(s);
}
