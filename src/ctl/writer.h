/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any JSON value as text for people. An array of objects is a table with
 * the first object's keys as columns, an object is one "key  value" line
 * each, with what is nested indented below; an object that holds nothing but
 * one text of several lines is that text.
 *
 * Integers in keys that end in _at (and at, expires, not_before) are
 * milliseconds of the wall clock and are shown as local time. Control
 * characters from outside never reach the terminal.
 */
#ifndef CTL_WRITER_H
#define CTL_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* has_colours: headings and keys stand out by escape sequences, and states
 * and levels that are bad have their colour. */
void writer_text(FILE *, const json_t *, bool has_colours);

/* One line by itself, in the colour of how it begins. */
void writer_line(FILE *, const char *line, bool has_colours);

/* The value as it is, indented, keys in their order. */
void writer_json(FILE *, const json_t *);

#endif
