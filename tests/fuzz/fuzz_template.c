/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any octets as a template file. What was taken without a fault must fill
 * and be sendable, with any values.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/template_book.h"
#include "text/template_expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
count_fault(const char *file, int line, const char *text, void *arg)
{
	assert(strlen(file) > 0 && line > 0 && strlen(text) > 0);
	(*(unsigned *)arg)++;
}

static void
check_text(const struct template_book *book, const struct template_text *text,
    unsigned max_segments)
{
	static const struct template_values none;

	for (int accents = 0; accents < 2; accents++) {
		struct segments segments;
		char *filled;

		filled = template_book_fill(book, text->source,
		    template_longest_values(), accents != 0);
		assert(segments_init(&segments, filled) == 0);
		assert(segments.n <= max_segments);
		assert(accents != 0 || !book->has_unaccented ||
		    segments.coding == CODING_GSM7);
		segments_clear(&segments);
		free(filled);
		free(template_book_fill(book, text->source, &none,
		    accents != 0));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned faults = 0;
	const struct template_reading reading = {.max_segments = 3,
	    .fault = count_fault, .arg = &faults};
	struct template_book *book = template_book_new(
	    size % 2 != 0 ? "H10.45" : "", "vi", "vi.txt", true);

	template_book_parse(book, (const char *)data, size, &reading);
	assert(faults == book->faults);
	for (int s = 0; s <= SITUATION_LAST; s++)
		for (int c = 0; c < TEMPLATE_COLUMNS; c++)
			if (book->texts[s][c].source != NULL)
				check_text(book, &book->texts[s][c],
				    reading.max_segments);
	template_book_free(book);
	return 0;
}
