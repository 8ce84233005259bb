/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Letters from rows and a page: what stands between the marks LETTER_BEGIN
 * and LETTER_END of the page is written once per row, with {agency}, {desk},
 * {contact}, {code}, {text} and {today} filled in, as HTML.
 */
#ifndef CTL_LETTERS_H
#define CTL_LETTERS_H

#include <stdio.h>

#include <jansson.h>

#define LETTER_BEGIN "<!-- letter -->"
#define LETTER_END   "<!-- /letter -->"

struct letters;

/* NULL: the page lacks a mark. page is copied. */
struct letters *letters_new(const char *page);
void letters_free(struct letters *);

void letters_head(const struct letters *, FILE *);
/* row: {"dossier", "letter": {"agency", …}, …}. */
void letters_row(const struct letters *, FILE *, const json_t *row);
void letters_tail(const struct letters *, FILE *);

#endif
