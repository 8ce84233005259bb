/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds books and texts in a loaded set. The agency's own file comes before
 * the common one.
 */
#include <string.h>

#include "text/template_set.h"

int
templates_order(const char *agency, const char *lang,
    const struct template_book *b)
{
	int order = strcmp(agency, b->agency);

	return order != 0 ? order : strcmp(lang, b->lang);
}

const struct template_book *
templates_find_book(const struct templates *set, const char *agency,
    const char *lang)
{
	unsigned low = 0, high = set->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = templates_order(agency, lang, set->books[middle]);

		if (order == 0)
			return set->books[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct template_text *
templates_find_text(const struct templates *set, const char *agency,
    const char *lang, enum situation situation, int column,
    const struct template_book **from)
{
	const char *const owners[] = {agency, ""};

	for (int i = 0; i < 2; i++) {
		const struct template_text *row;

		if (owners[i] == NULL ||
		    (*from = templates_find_book(set, owners[i], lang)) ==
		    NULL)
			continue;
		row = (*from)->texts[situation];
		if (row[column].line != 0)
			return &row[column];
		if (row[TEMPLATE_ANY].line != 0)
			return &row[TEMPLATE_ANY];
	}
	return NULL;
}

bool
templates_has(const struct templates *set, const char *agency,
    enum situation situation, int column)
{
	const struct template_book *book;

	return templates_find_text(set, agency, TEMPLATE_MASTER, situation,
	    column, &book) != NULL;
}
