/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A row is of headings when one of its cells names the dossier or the status.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/mem.h"
#include "ctl/cell.h"
#include "ctl/columns.h"
#include "ipc/event.def"
#include "text/legacy.h"

#define TITLES_MAX 10
#define SHOWN_SIZE 41

static const char *const names[] = {
#define X(field) #field,
	EVENT_FIELDS(X)
#undef X
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))
#define N_NEEDED 2	/* the first names: dossier, status */

static bool
is_text(const struct sheet_cell *cell)
{
	return memchr(cell->text, '\0', cell->length) == NULL &&
	    u8_check((const uint8_t *)cell->text, cell->length) == NULL;
}

static const char *
known_name(const struct sheet_cell *cell)
{
	return is_text(cell) ? cell_field(cell->text, names, N_NAMES) : NULL;
}

static bool
has(const struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->n; i++)
		if (columns->fields[i] == name)
			return true;
	return false;
}

static char *
all_names(void)
{
	char *list = xstrdup(names[0]);

	for (size_t i = 1; i < N_NAMES; i++) {
		char *longer = xasprintf("%s, %s", list, names[i]);

		free(list);
		list = longer;
	}
	return list;
}

/* A heading as a message may show it. */
static void
show_heading(const struct sheet_cell *cell, char shown[SHOWN_SIZE])
{
	size_t n = 0;

	for (; n < cell->length && n < SHOWN_SIZE - 1; n++)
		shown[n] = iscntrl((unsigned char)cell->text[n]) ? '?'
		    : cell->text[n];
	while (n > 0 && n < cell->length &&
	    ((unsigned char)cell->text[n] & 0xc0) == 0x80)
		n--;	/* not within a character */
	shown[n] = '\0';
}

static char *
unknown_column(size_t i, const struct sheet_cell *cell)
{
	char shown[SHOWN_SIZE], *list, *error;

	show_heading(cell, shown);
	if (is_text(cell) && legacy_is_mojibake(cell->text))
		return xasprintf("column %zu, \"%s\": %s", i + 1, shown,
		    cell_advice("mojibake"));
	list = all_names();
	error = xasprintf("column %zu: no field \"%s\"; there are: %s; "
	    "--ignore-unknown passes over such columns", i + 1, shown, list);
	free(list);
	return error;
}

/* One heading. NULL, or what is wrong with it. */
static char *
add(struct columns *columns, size_t i, const struct sheet_cell *cell,
    columns_ignored *ignored, void *arg)
{
	const char *name = known_name(cell);
	char shown[SHOWN_SIZE];

	if (name == NULL && ignored == NULL)
		return unknown_column(i, cell);
	if (name != NULL && has(columns, name))
		return xasprintf("column %zu: \"%s\" stands there twice",
		    i + 1, name);
	if (name == NULL && cell->length > 0) {
		show_heading(cell, shown);
		ignored(i, shown, arg);
	}
	columns->fields[columns->n++] = name;
	return NULL;
}

/* Columns without a name are allowed at the right end only, as programs
 * leave them there; nothing may stand in them. */
static char *
read_headings(struct columns *columns, const struct sheet_row *row,
    columns_ignored *ignored, void *arg)
{
	char *error = NULL;
	size_t n = row->n;

	while (n > 0 && row->cells[n - 1].length == 0)
		n--;
	for (size_t i = 0; i < n && error == NULL; i++)
		error = add(columns, i, &row->cells[i], ignored, arg);
	for (size_t i = 0; i < N_NEEDED && error == NULL; i++)
		if (!has(columns, names[i]))
			error = xasprintf("line %zu: no column \"%s\"; the "
			    "first line must name the columns", row->line,
			    names[i]);
	if (error != NULL)
		columns->n = 0;
	return error;
}

static bool
is_title(const struct sheet_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		const char *name = known_name(&row->cells[i]);

		for (size_t k = 0; k < N_NEEDED; k++)
			if (name == names[k])
				return false;
	}
	return true;
}

bool
columns_take(struct columns *columns, const struct sheet_row *row,
    columns_ignored *ignored, void *arg)
{
	if (is_title(row) && columns->n_titles < TITLES_MAX) {
		if (columns->n_titles++ == 0)
			columns->title_error = read_headings(columns, row,
			    NULL, NULL);
		return true;
	}
	if (is_title(row) && columns->title_error != NULL)
		columns->error = xstrdup(columns->title_error);
	else
		columns->error = read_headings(columns, row, ignored, arg);
	return columns->error == NULL;
}

const char *
columns_missing(const struct columns *columns)
{
	return columns->n == 0 ? columns->title_error : NULL;
}

void
columns_clear(struct columns *columns)
{
	free(columns->error);
	free(columns->title_error);
}
