/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a spreadsheet: fed whole and octet by octet it has the same
 * rows and the same fault; lines rise, cells end where they say.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	size_t rows, line;
	uint64_t sum;		/* FNV-1a over all cells */
};

static void
add(struct seen *seen, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		seen->sum = (seen->sum ^ (uint8_t)data[i]) *
		    UINT64_C(1099511628211);
}

static bool
on_row(const struct sheet_row *row, void *arg)
{
	struct seen *seen = arg;

	assert(row->n > 0 && row->n <= SHEET_CELLS_MAX);
	assert(row->line >= 1 && row->line >= seen->line);
	seen->line = row->line;
	seen->rows++;
	for (size_t i = 0; i < row->n; i++) {
		assert(row->cells[i].text[row->cells[i].length] == '\0');
		add(seen, row->cells[i].text, row->cells[i].length + 1);
	}
	add(seen, "\n", 1);
	return seen->rows < 1000;
}

static const char *
read_all(const uint8_t *data, size_t n, size_t step, struct seen *seen,
    size_t *line)
{
	struct sheet *sheet = sheet_new(on_row, seen);
	const char *fault;

	for (size_t i = 0; i < n; i += step)
		if (!sheet_feed(sheet, (const char *)data + i,
		    n - i < step ? n - i : step))
			break;
	(void)sheet_end(sheet);
	fault = sheet_fault(sheet, line);
	sheet_free(sheet);
	return fault;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seen whole = {0}, pieces = {0};
	size_t line_whole, line_pieces;
	const char *a = read_all(data, n, n > 0 ? n : 1, &whole,
	    &line_whole);
	const char *b = read_all(data, n, 1, &pieces, &line_pieces);

	assert(whole.rows == pieces.rows && whole.sum == pieces.sum);
	assert((a == NULL) == (b == NULL));
	assert(a == NULL || (strcmp(a, b) == 0 && line_whole == line_pieces));
	return 0;
}
