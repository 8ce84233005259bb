/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any octets as a text, as a value, and as what comes from the air: clean,
 * fold, cut, and decode.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/fold.h"
#include "text/segment.h"
#include "text/template_expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_valid(const char *text)
{
	assert(u8_check((const uint8_t *)text, strlen(text)) == NULL);
}

static void
check_segments(const char *text)
{
	struct segments segments;
	size_t at = 0;

	if (segments_init(&segments, text) == -1)
		return;
	for (unsigned i = 0; i < segments.n; i++) {
		size_t n = strlen(segments.part[i]);

		check_valid(segments.part[i]);
		assert(n > 0 || segments.n == 1);
		assert(strncmp(text + at, segments.part[i], n) == 0);
		at += n;
	}
	assert(text[at] == '\0');
	segments_clear(&segments);
}

static void
check_text(const char *octets)
{
	char *clean = text_clean(octets), *folded, *again;
	char *value = template_clean_value(octets);

	check_valid(value);
	check_segments(value);
	free(value);
	if (clean == NULL)
		return;
	check_segments(clean);
	folded = text_fold(clean);
	check_valid(folded);
	check_segments(folded);
	again = text_fold(folded);
	assert(strcmp(folded, again) == 0);
	free(again);
	free(folded);
	free(clean);
}

static void
check_air(const uint8_t *data, size_t size)
{
	unsigned fill = size > 0 ? data[0] % 7U : 0;
	uint8_t *septets = xmalloc(size * 8 / 7 + 2);
	int n = gsm7_unpack(data, size, fill, size * 8 / 7 + 1, septets);
	char *text;

	assert(n >= 0 && (size_t)n <= size * 8 / 7 + 1);
	text = gsm7_decode(septets, (size_t)n);
	check_valid(text);
	assert(gsm7_has_all(text));
	free(text);
	free(septets);
	text = ucs2_decode(data, size);
	check_valid(text);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *octets = xstrndup((const char *)data, size);

	check_text(octets);
	check_air(data, size);
	free(octets);
	return 0;
}
