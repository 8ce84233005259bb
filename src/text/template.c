/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds the text for a notice and fills it. Reading the files is
 * template_set.c's and template_book.c's, placeholders are
 * template_expand.c's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/phrase.h"
#include "text/template.h"
#include "text/template_expand.h"
#include "text/template_set.h"

/* The common files sort first. */
const char *
templates_language(const struct templates *set, size_t i)
{
	return i < set->n && *set->books[i]->agency == '\0'
	    ? set->books[i]->lang : NULL;
}

/* A notice that the Vietnamese file switches off is off in every language. */
static bool
is_off(const struct templates *set, const char *agency,
    enum situation situation, int column)
{
	const struct template_book *book;
	const struct template_text *text = templates_find_text(set, agency,
	    TEMPLATE_MASTER, situation, column, &book);

	return text != NULL && text->is_off;
}

static void
clean_values(const struct template_values *in, struct template_values *out)
{
	out->agency = template_clean_value(in->agency);
	out->desk = template_clean_value(in->desk);
	out->hotline = template_clean_value(in->hotline);
	out->code = template_clean_value(in->code);
	out->place = template_clean_value(in->place);
	out->due = template_clean_value(in->due);
	out->date = template_clean_value(in->date);
	out->fee = template_clean_value(in->fee);
	out->parcel = template_clean_value(in->parcel);
}

static void
free_value(const char *value)
{
	free((char *)(uintptr_t)value);
}

static void
free_values(struct template_values *v)
{
	free_value(v->agency);
	free_value(v->desk);
	free_value(v->hotline);
	free_value(v->code);
	free_value(v->place);
	free_value(v->due);
	free_value(v->date);
	free_value(v->fee);
	free_value(v->parcel);
}

/* Segments of a text; one more than any limit when there are too many. */
static unsigned
measure(const char *text, enum coding *coding)
{
	struct segments segments;
	unsigned n = SEGMENTS_MAX + 1;

	if (segments_init(&segments, text) == 0)
		n = segments.n;
	*coding = segments.coding;
	segments_clear(&segments);
	return n;
}

enum template_verdict
templates_render(const struct templates *set, const char *agency,
    const char *lang, enum situation situation, enum channel channel,
    bool accents, const struct template_values *values, char **out)
{
	const struct template_book *book;
	const struct template_text *text = NULL;
	struct template_values clean;
	enum coding coding;

	*out = NULL;
	if (is_off(set, agency, situation, (int)channel))
		return TEMPLATE_OFF;
	if (lang != NULL)
		text = templates_find_text(set, agency, lang, situation,
		    (int)channel, &book);
	if (text == NULL)
		text = templates_find_text(set, agency, TEMPLATE_MASTER,
		    situation, (int)channel, &book);
	if (text == NULL || text->is_off)
		return TEMPLATE_OFF;
	clean_values(values, &clean);
	*out = template_book_fill(book, text->source, &clean, accents);
	if (accents && measure(*out, &coding) > set->max_segments) {
		free(*out);
		*out = template_book_fill(book, text->source, &clean, false);
	}
	free_values(&clean);
	if (measure(*out, &coding) <= set->max_segments)
		return TEMPLATE_OK;
	free(*out);
	*out = NULL;
	return TEMPLATE_TOO_LONG;
}

static void
each_text(const struct templates *set, const struct template_book *book,
    enum situation situation, int column,
    void (*each)(const struct template_row *, void *), void *arg)
{
	const struct template_text *text = &book->texts[situation][column];
	struct template_row row = {.agency = book->agency,
	    .lang = book->lang, .file = book->file, .line = text->line,
	    .sample = "", .source = ""};
	char name[40], *sample;

	(void)snprintf(name, sizeof(name), "%s%s%s",
	    situation_name(situation), column == TEMPLATE_ANY ? "" : ".",
	    column == TEMPLATE_ANY ? "" : channel_name((enum channel)column));
	row.situation = name;
	row.is_off = text->is_off ||
	    is_off(set, book->agency, situation, column);
	if (text->source == NULL) {
		each(&row, arg);
		return;
	}
	row.source = text->source;
	for (int accents = book->has_unaccented ? 0 : 1; accents < 2;
	    accents++) {
		row.accents = accents != 0;
		row.sample = sample = template_book_fill(book, text->source,
		    template_longest_values(), row.accents);
		row.segments = measure(sample, &row.coding);
		each(&row, arg);
		free(sample);
	}
}

void
templates_each(const struct templates *set,
    void (*each)(const struct template_row *, void *arg), void *arg)
{
	static const int columns[TEMPLATE_COLUMNS] = {TEMPLATE_ANY,
	    CHANNEL_DIRECT, CHANNEL_ONLINE, CHANNEL_POSTAL};

	for (unsigned i = 0; i < set->n; i++)
		for (int s = SITUATION_FIRST; s <= SITUATION_LAST; s++)
			for (int c = 0; c < TEMPLATE_COLUMNS; c++)
				if (set->books[i]->texts[s][columns[c]].line
				    != 0)
					each_text(set, set->books[i],
					    (enum situation)s, columns[c],
					    each, arg);
	phrases_each(set->phrases, each, arg);
}

const struct phrases *
templates_phrases(const struct templates *set)
{
	return set->phrases;
}
