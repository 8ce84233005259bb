/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A spreadsheet saved as CSV (RFC 4180), row by row, whatever its size. The
 * bytes are read by libcsv in its strict mode; this adds what it lacks: the
 * separator (told by a first line "sep=;", else found from the first line that
 * is no title: comma, semicolon or tab), the byte order mark passed over, the
 * line where each row starts, and bounds.
 *
 * Takes any bytes. Blank lines are no rows. After a fault nothing more is
 * read: where one cell ends wrongly, nobody knows what the next ones are.
 */
#ifndef CTL_SHEET_H
#define CTL_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#define SHEET_ROW_MAX	(1024 * 1024)	/* octets of a row, and of a cell */
#define SHEET_CELLS_MAX 1000

struct sheet;

/* Cells end with a NUL, but may hold others: length says how long they are.
 * Blanks around what is not quoted are gone. Borrowed. */
struct sheet_cell {
	const char *text;
	size_t length;
};
struct sheet_row {
	size_t line;		/* from 1, where it starts */
	size_t n;
	const struct sheet_cell *cells;
};

/* Returns false to hear no more. */
typedef bool sheet_row_fn(const struct sheet_row *, void *arg);

struct sheet *sheet_new(sheet_row_fn *, void *arg);
void sheet_free(struct sheet *);

/* The next octets, and the end. true: go on. false: stopped, by a fault or
 * by the callback. */
bool sheet_feed(struct sheet *, const char *data, size_t n);
bool sheet_end(struct sheet *);

/* NULL, or a stable word: "quote" (one where none may be), "quote_open"
 * (never closed), "row_too_long", "too_many_cells", "utf16". *line: of the
 * row that has it. */
const char *sheet_fault(const struct sheet *, size_t *line);

#endif
