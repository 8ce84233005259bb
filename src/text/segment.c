/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cuts a text into segments. What a reader sees as one character (a letter
 * with its marks, an emoji of several parts) stays in one segment, unless
 * it alone is larger than a segment.
 */
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/segment.h"

#define JOINER 0x200d	/* makes one picture of several */

static const struct {
	unsigned alone, joined;
} limits[] = {
	[CODING_GSM7] = {160, 153},
	[CODING_UCS2] = {70, 67},
};

static unsigned
width(enum coding coding, ucs4_t uc)
{
	if (coding == CODING_GSM7)
		return gsm7_width(uc);
	return uc > 0xffff ? 2 : 1;
}

static unsigned
count_units(enum coding coding, const uint8_t *s, const uint8_t *end)
{
	unsigned units = 0;
	ucs4_t uc;

	while (s < end) {
		s += u8_mbtouc(&uc, s, (size_t)(end - s));
		units += width(coding, uc);
	}
	return units;
}

static bool
is_joined(ucs4_t before, ucs4_t uc)
{
	return before == JOINER || uc == JOINER ||
	    uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_M);
}

/* The end of what is seen as one character at s. A combining mark belongs
 * to what stands before it, whatever that is. */
static const uint8_t *
cluster_end(const uint8_t *s, const uint8_t *end)
{
	const uint8_t *next = u8_grapheme_next(s, end);
	ucs4_t before, uc;

	if (next == NULL || u8_prev(&before, next, s) == NULL)
		return end;
	for (; next < end; before = uc) {
		int n = u8_mbtouc(&uc, next, (size_t)(end - next));

		if (!is_joined(before, uc))
			break;
		next += n;
	}
	return next;
}

/* The end of the segment that starts at s, always beyond s. */
static const uint8_t *
segment_end(enum coding coding, const uint8_t *s, const uint8_t *end)
{
	unsigned room = limits[coding].joined, units;
	const uint8_t *next, *p = s;
	ucs4_t uc;

	for (; p < end; p = next, room -= units) {
		next = cluster_end(p, end);
		if ((units = count_units(coding, p, next)) > room)
			break;
	}
	if (p > s)
		return p;
	/* A character may have more marks than a segment holds. */
	while (p < end) {
		int n = u8_mbtouc(&uc, p, (size_t)(end - p));

		if ((units = width(coding, uc)) > room)
			break;
		room -= units;
		p += n;
	}
	return p;
}

int
segments_init(struct segments *out, const char *utf8)
{
	const uint8_t *s = (const uint8_t *)utf8, *end = s + strlen(utf8);

	memset(out, 0, sizeof(*out));
	out->coding = gsm7_has_all(utf8) ? CODING_GSM7 : CODING_UCS2;
	out->units = count_units(out->coding, s, end);
	if (out->units <= limits[out->coding].alone) {
		out->part[out->n++] = xstrdup(utf8);
		return 0;
	}
	while (s < end) {
		const uint8_t *cut = segment_end(out->coding, s, end);

		if (out->n == SEGMENTS_MAX) {
			segments_clear(out);
			return -1;
		}
		out->part[out->n++] =
		    xstrndup((const char *)s, (size_t)(cut - s));
		s = cut;
	}
	return 0;
}

void
segments_clear(struct segments *segments)
{
	for (unsigned i = 0; i < segments->n; i++)
		free(segments->part[i]);
	memset(segments, 0, sizeof(*segments));
}

int
segments_measure(const char *utf8, enum coding *coding, unsigned *n)
{
	struct segments segments;

	if (segments_init(&segments, utf8) == -1)
		return -1;
	*coding = segments.coding;
	*n = segments.n;
	segments_clear(&segments);
	return 0;
}
