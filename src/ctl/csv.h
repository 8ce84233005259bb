/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables as CSV (RFC 4180), UTF-8, with commas, as baotinctl import reads
 * them.
 */
#ifndef CTL_CSV_H
#define CTL_CSV_H

#include <stdio.h>

#include <jansson.h>

/* The line of the headings: the keys of such a row. */
void csv_head(FILE *, const json_t *row);

/* The rows, objects with the keys of the first one. Moments (base/when.h) are
 * written as people read them. */
void csv_rows(FILE *, const json_t *rows);

#endif
