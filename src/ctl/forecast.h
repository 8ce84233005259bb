/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotinctl dry-run: what would become of the rows of a spreadsheet.
 */
#ifndef CTL_FORECAST_H
#define CTL_FORECAST_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct forecast;

/* file: how messages call it; borrowed. is_json: nothing is shown before
 * forecast_end(). */
struct forecast *forecast_new(const char *file, bool is_json);

/* One row, as the daemon's answer to dry-run has it in "plans". Says
 * "duplicate" of a row that repeats an earlier one of the same file. */
void forecast_row(struct forecast *, size_t line, const json_t *plan);

/* The sum. refused: how many rows, or as JSON the list of them; borrowed. */
void forecast_end(struct forecast *, size_t n_refused,
    const json_t *refused);
void forecast_free(struct forecast *);

#endif
