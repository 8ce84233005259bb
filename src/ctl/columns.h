/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which column of a spreadsheet is which field of an event: the row of the
 * headings, and the title that may stand above it.
 */
#ifndef CTL_COLUMNS_H
#define CTL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/sheet.h"

/* For fields that no column names. Zeroed before use. */
struct columns {
	const char *fields[SHEET_CELLS_MAX];	/* NULL: passed over */
	size_t n;			/* 0: the headings have not come yet */
	size_t n_titles;
	char *error;			/* of the headings; NULL: none */
	char *title_error;		/* of the first title, as headings */
};

/* A column that is passed over; from 0. heading: valid UTF-8, cut short, no
 * control characters. */
typedef void columns_ignored(size_t column, const char *heading, void *arg);

/* Takes a row as long as n is 0: the headings, or a title above them, of which
 * there may be ten. ignored: NULL when each column must be a field. false:
 * these are headings that can't be used; error says why. */
bool columns_take(struct columns *, const struct sheet_row *,
    columns_ignored *ignored, void *arg);

/* Call this at the end of the file. Returns why the first row is no row of
 * headings; NULL: the headings came, or there was no row at all. */
const char *columns_missing(const struct columns *);

void columns_clear(struct columns *);

#endif
