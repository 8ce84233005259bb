/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables stand here, and not in iconv, because the daemon asks too: it
 * may open no files once it is confined, and iconv loads its tables from
 * some. iconv knows no VNI at all.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/legacy.h"
#include "text/vietnamese.h"

/* TCVN 5712:1993, from octet 0xa1 on. The octets 0xb0 to 0xb4 combine. */
#define TCVN3_FIRST 0xa1
static const uint16_t tcvn3[] = {
	0x0102, 0x00c2, 0x00ca, 0x00d4, 0x01a0, 0x01af, 0x0110, 0x0103,
	0x00e2, 0x00ea, 0x00f4, 0x01a1, 0x01b0, 0x0111, 0x1eb0, 0x0300,
	0x0309, 0x0303, 0x0301, 0x0323, 0x00e0, 0x1ea3, 0x00e3, 0x00e1,
	0x1ea1, 0x1eb2, 0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x1eb4, 0x1eae,
	0x1ea6, 0x1ea8, 0x1eaa, 0x1ea4, 0x1ec0, 0x1eb7, 0x1ea7, 0x1ea9,
	0x1eab, 0x1ea5, 0x1ead, 0x00e8, 0x1ec2, 0x1ebb, 0x1ebd, 0x00e9,
	0x1eb9, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7, 0x00ec, 0x1ec9,
	0x1ec4, 0x1ebe, 0x1ed2, 0x0129, 0x00ed, 0x1ecb, 0x00f2, 0x1ed4,
	0x1ecf, 0x00f5, 0x00f3, 0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1,
	0x1ed9, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3, 0x00f9, 0x1ed6,
	0x1ee7, 0x0169, 0x00fa, 0x1ee5, 0x1eeb, 0x1eed, 0x1eef, 0x1ee9,
	0x1ef1, 0x1ef3, 0x1ef7, 0x1ef9, 0x00fd, 0x1ef5,
};

/* Windows-1252, octets 0x80 to 0x9f; 0: none. */
static const uint16_t cp1252[] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

/* VNI letters of one octet, and what they are. The capitals are 0x20 lower,
 * in Unicode as well, but for those of two octets. */
static const struct {
	unsigned char octet;
	uint16_t small, capital;
} vni_letters[] = {
	{0xed, 0x00ed, 0x00cd}, {0xec, 0x00ec, 0x00cc},
	{0xe6, 0x1ec9, 0x1ec8}, {0xf3, 0x0129, 0x0128},
	{0xf2, 0x1ecb, 0x1eca}, {0xee, 0x1ef5, 0x1ef4},
	{0xf4, 0x01a1, 0x01a0}, {0xf6, 0x01b0, 0x01af},
	{0xf1, 0x0111, 0x0110},
};

/* VNI marks, which follow their letter: the combining characters. */
static const struct {
	unsigned char octet;
	uint16_t shape, tone;	/* 0: none */
} vni_marks[] = {
	{0xf9, 0, 0x0301}, {0xf8, 0, 0x0300}, {0xfb, 0, 0x0309},
	{0xf5, 0, 0x0303}, {0xef, 0, 0x0323},
	{0xe2, 0x0302, 0}, {0xe1, 0x0302, 0x0301}, {0xe0, 0x0302, 0x0300},
	{0xe5, 0x0302, 0x0309}, {0xe3, 0x0302, 0x0303},
	{0xe4, 0x0302, 0x0323},
	{0xea, 0x0306, 0}, {0xe9, 0x0306, 0x0301}, {0xe8, 0x0306, 0x0300},
	{0xfa, 0x0306, 0x0309}, {0xfc, 0x0306, 0x0303},
	{0xeb, 0x0306, 0x0323},
};

#define N_OF(table) (sizeof(table) / sizeof((table)[0]))

/* Text that grows by code points. */
struct out {
	uint32_t *points;
	size_t n;
};

static void
put(struct out *out, uint32_t point)
{
	if (point != 0)
		out->points[out->n++] = point;
}

static bool
put_tcvn3(struct out *out, unsigned char octet)
{
	if (octet >= 0x80 && (octet < TCVN3_FIRST ||
	    octet >= TCVN3_FIRST + N_OF(tcvn3)))
		return false;
	put(out, octet < 0x80 ? octet : tcvn3[octet - TCVN3_FIRST]);
	return true;
}

/* The letter or mark in the tables is small: 0xc0 to 0xdf are capitals. */
static unsigned char
small(unsigned char octet)
{
	return octet >= 0xc0 && octet < 0xe0 ? octet + 0x20 : octet;
}

static bool
put_vni_letter(struct out *out, unsigned char octet)
{
	for (size_t i = 0; i < N_OF(vni_letters); i++)
		if (vni_letters[i].octet == small(octet)) {
			put(out, octet == small(octet) ? vni_letters[i].small
			    : vni_letters[i].capital);
			return true;
		}
	return false;
}

/* before: the letter that the mark stands behind. */
static bool
put_vni_mark(struct out *out, unsigned char octet, unsigned char before)
{
	unsigned char letter = before < 0x80 ? before | 0x20 : small(before);

	if (letter == '\0' || strchr("aeouy\xf4\xf6", letter) == NULL)
		return false;
	for (size_t i = 0; i < N_OF(vni_marks); i++)
		if (vni_marks[i].octet == small(octet)) {
			put(out, vni_marks[i].shape);
			put(out, vni_marks[i].tone);
			return true;
		}
	return false;
}

static bool
put_vni(struct out *out, unsigned char octet, unsigned char before)
{
	if (octet < 0x80) {
		put(out, octet);
		return true;
	}
	return put_vni_letter(out, octet) || put_vni_mark(out, octet, before);
}

char *
legacy_decode(enum legacy legacy, const char *octets, size_t n)
{
	/* An octet is at most two code points. */
	struct out out = {.points = xreallocarray(NULL, 2 * n + 1,
	    sizeof(*out.points))};
	uint8_t *utf8 = NULL, *composed = NULL;
	size_t size, composed_size;

	for (size_t i = 0; i < n; i++) {
		unsigned char octet = (unsigned char)octets[i];

		if (!(legacy == LEGACY_TCVN3 ? put_tcvn3(&out, octet)
		    : put_vni(&out, octet, i > 0
		    ? (unsigned char)octets[i - 1] : '\0'))) {
			free(out.points);
			return NULL;
		}
	}
	out.points[out.n++] = 0;
	utf8 = u32_to_u8(out.points, out.n, NULL, &size);
	if (utf8 != NULL)
		composed = u8_normalize(UNINORM_NFC, utf8, size, NULL,
		    &composed_size);
	if (composed == NULL)
		abort();	/* no memory */
	free(utf8);
	free(out.points);
	return (char *)composed;
}

/* --- words ---------------------------------------------------------------- */

/* All that may be a letter in some encoding: ASCII letters, and whatever is
 * no ASCII but for blanks and punctuation of Unicode's. */
static bool
is_of_word(ucs4_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c > 0xa0 && !(c >= 0x2000 && c <= 0x206f));
}

size_t
legacy_count_words(const char *utf8, size_t *good)
{
	const uint8_t *at = (const uint8_t *)utf8, *next, *begin = NULL;
	bool has_ascii = false, has_other = false;
	size_t n = 0;
	ucs4_t c = 0;

	*good = 0;
	do {
		next = u8_next(&c, at);
		if (next != NULL && is_of_word(c)) {
			if (begin == NULL)
				begin = at;
			has_ascii = has_ascii || c < 0x80;
			has_other = has_other || c >= 0x80;
		} else if (begin != NULL) {
			if (has_ascii && has_other) {
				n++;
				*good += vietnamese_is_syllable(
				    (const char *)begin, (size_t)(at - begin));
			}
			begin = NULL;
			has_ascii = has_other = false;
		}
		if (next != NULL)
			at = next;
	} while (next != NULL);
	return n;
}

/* --- mojibake ------------------------------------------------------------- */

/* The octet that Windows-1252 has for this character; 0: none. */
static unsigned char
cp1252_octet(ucs4_t c)
{
	if (c < 0x80 || (c > 0x9f && c <= 0xff))
		return (unsigned char)c;
	for (size_t i = 0; i < N_OF(cp1252); i++)
		if (cp1252[i] == c)
			return (unsigned char)(0x80 + i);
	/* Programs pass these five through as they are. */
	return c > 0x7f && c < 0xa0 && cp1252[c - 0x80] == 0
	    ? (unsigned char)c : 0;
}

/* The text as octets of Windows-1252, for the caller to free. NULL: it has a
 * character that Windows-1252 has not. */
static char *
to_cp1252(const char *utf8, size_t *n)
{
	char *out = xreallocarray(NULL, strlen(utf8) + 1, 1);
	const uint8_t *at = (const uint8_t *)utf8;
	ucs4_t c;

	*n = 0;
	while ((at = u8_next(&c, at)) != NULL) {
		unsigned char octet = cp1252_octet(c);

		if (octet == 0) {
			free(out);
			return NULL;
		}
		out[(*n)++] = (char)octet;
	}
	out[*n] = '\0';
	return out;
}

static bool
has_forbidden(const char *utf8)
{
	const uint8_t *at = (const uint8_t *)utf8;
	ucs4_t c;

	while ((at = u8_next(&c, at)) != NULL)
		if (c == 0xfffd || (c >= 0x80 && c < 0xa0))
			return true;
	return false;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Do all words become Vietnamese by this decoding? */
static bool
is_better_as(enum legacy legacy, const char *octets, size_t n)
{
	char *text = legacy_decode(legacy, octets, n);
	size_t good, words = text != NULL ? legacy_count_words(text, &good) : 0;
	bool is_better = words > 0 && good == words;

	free(text);
	return is_better;
}

bool
legacy_is_mojibake(const char *utf8)
{
	size_t n, good;
	char *octets;
	bool is_it;

	if (has_forbidden(utf8))
		return true;
	if (is_ascii(utf8) || (octets = to_cp1252(utf8, &n)) == NULL)
		return false;
	is_it = u8_check((const uint8_t *)octets, n) == NULL ||
	    (legacy_count_words(utf8, &good) > good &&
	    (is_better_as(LEGACY_TCVN3, octets, n) ||
	    is_better_as(LEGACY_VNI, octets, n)));
	free(octets);
	return is_it;
}
