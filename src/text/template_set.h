/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The loaded set from inside: its files, sorted for finding. For the
 * template files only; everybody else uses template.h.
 */
#ifndef TEXT_TEMPLATE_SET_H
#define TEXT_TEMPLATE_SET_H

#include "text/template_book.h"

struct phrases;

/* The language that others fall back to and that says what is off. */
#define TEMPLATE_MASTER "vi"

struct templates {
	struct template_book **books;	/* by agency, then language */
	unsigned n;
	unsigned max_segments;
	struct phrases *phrases;
};

/* Less than, equal to or more than 0: where a book of this agency and
 * language stands among the books. */
int templates_order(const char *agency, const char *lang,
    const struct template_book *);

/* agency "" for the common file. NULL: there is no such file. */
const struct template_book *templates_find_book(const struct templates *,
    const char *agency, const char *lang);

/* The text of one language; NULL when neither the agency's file nor the
 * common one has it. column: a channel or TEMPLATE_ANY. */
const struct template_text *templates_find_text(const struct templates *,
    const char *agency, const char *lang, enum situation, int column,
    const struct template_book **from);

/* Has Vietnamese a line for the notice, if only one that switches it off?
 * column: a channel. */
bool templates_has(const struct templates *, const char *agency,
    enum situation, int column);

#endif
