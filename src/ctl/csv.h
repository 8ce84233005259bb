/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables as CSV (RFC 4180), UTF-8, with commas, as baotinctl import reads
 * them.
 */
#ifndef CTL_CSV_H
#define CTL_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* The rows, objects with the keys of the first one; keys is its line, which
 * is written first when has_head. Moments (base/when.h) are written as people
 * read them. */
void csv_rows(FILE *, const json_t *rows, bool has_head);

#endif
