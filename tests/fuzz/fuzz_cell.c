/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a file in an old encoding and, where they are text, as a cell:
 * what comes out is UTF-8, and a value that was made once stays as it is.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/mem.h"
#include "ctl/cell.h"
#include "ctl/charset.h"
#include "text/legacy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_text(const char *text)
{
	size_t good;

	assert(u8_check((const uint8_t *)text, strlen(text)) == NULL);
	assert(legacy_count_words(text, &good) >= good);
	(void)legacy_is_mojibake(text);
}

static void
check_value(const char *field, const char *text)
{
	const char *error = NULL, *again_error = NULL;
	char *value = cell_value(field, text, &error), *again;

	assert((value == NULL) == (error != NULL));
	if (value != NULL && *value != '\0' && *value != '\'') {
		check_text(value);
		again = cell_value(field, value, &again_error);
		assert(again != NULL && strcmp(again, value) == 0);
		free(again);
	}
	assert(error == NULL || cell_advice(error) != NULL);
	free(value);
}

static void
check_decoding(const char *charset, const char *octets, size_t n)
{
	char *text = charset_decode(charset, octets, n);

	if (text != NULL)
		check_text(text);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const fields[] = {"status", "due", "fee", "phone"};
	static const char *const names[] = {"dossier", "status"};
	char *text = xstrndup((const char *)data, n);

	(void)charset_guess(text, strlen(text));
	check_decoding("CP1258", text, strlen(text));
	check_decoding("TCVN3", text, strlen(text));
	check_decoding("VNI", text, strlen(text));
	if (u8_check((const uint8_t *)text, strlen(text)) == NULL &&
	    *text != '\0') {
		for (size_t i = 0; i < 4; i++)
			check_value(fields[i], text);
		(void)cell_field(text, names, 2);
		check_text(text);
	}
	free(text);
	return 0;
}
