/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How much of a text fits on one USSD screen. Pure functions on UTF-8.
 */
#ifndef LOOKUP_SCREEN_H
#define LOOKUP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

bool screen_fits(const char *text, unsigned max_octets);

/* The next page of a text, with the line of keys below it. Returns how many
 * octets of text go on it. The cut is at a blank or line feed where there is
 * one, never inside a character (so never inside an escape or a surrogate pair)
 * nor before a combining mark. At least one character goes on the page, even if
 * that is too much. */
size_t screen_cut(const char *text, const char *keys, unsigned max_octets);

/* Skips the blanks at a page's start. */
const char *screen_skip(const char *text);

#endif
