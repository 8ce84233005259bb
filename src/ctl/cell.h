/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people write into spreadsheets, as the fields of an event want it.
 */
#ifndef CTL_CELL_H
#define CTL_CELL_H

#include <stdbool.h>
#include <stddef.h>

/* The field of this heading (valid UTF-8): its name in any case, or what
 * ctl/heading.def has. NULL: none. The name is one of `names`. */
const char *cell_field(const char *heading, const char *const *names,
    size_t n);

/* The value of a cell (valid UTF-8, not empty) as the field wants it, for the
 * caller to free: status, channel and other words also in Vietnamese, in any
 * case; dates and moments as dd/mm/yyyy [HH:MM[:SS]]; amounts with dots or
 * commas between groups of three digits; without the apostrophe that marks
 * text in Excel. What is none of these stays as it is: the daemon judges it.
 * NULL: *error is "excel_number" (a long number that a spreadsheet has cut:
 * "9,12E+08") or "mojibake" (text that was read in a wrong encoding). */
char *cell_value(const char *field, const char *text, const char **error);

/* A sentence that says how to mend an error of cell_value(); NULL: there is
 * none. */
const char *cell_advice(const char *error);

#endif
