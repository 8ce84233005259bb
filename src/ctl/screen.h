/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a terminal shows of the monitor's answer, as text with escape
 * sequences: a table of sections, each with the rows that it may take.
 */
#ifndef CTL_SCREEN_H
#define CTL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* The view of told (what the command monitor answers; NULL: none yet) for a
 * terminal of this size; trouble: why there is none now, or NULL. No line is
 * wider, and there are not more lines. The caller frees. */
char *screen_text(const json_t *told, const char *trouble, size_t rows,
    size_t columns, bool has_colours);

#endif
