/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A guess by trying: the right encoding is the one in which the words are
 * Vietnamese.
 */
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>
#include <unistr.h>

#include "base/mem.h"
#include "ctl/charset.h"
#include "text/legacy.h"

static const char *const charsets[] = {"CP1258", "TCVN3", "VNI"};
#define N_CHARSETS (sizeof(charsets) / sizeof(charsets[0]))

/* iconv leaves some accents as characters of their own. */
static char *
compose(const char *utf8, size_t n)
{
	size_t size;
	uint8_t *out = u8_normalize(UNINORM_NFC, (const uint8_t *)utf8, n,
	    NULL, &size);

	if (out == NULL)
		abort();	/* no memory */
	return (char *)out;
}

static char *
decode_cp1258(const char *octets, size_t n)
{
	iconv_t cd = iconv_open("UTF-8", "CP1258");
	size_t left = n, room = 4 * n + 1;
	char *in = xstrndup(octets, n), *from = in;
	char *utf8 = xcalloc(room, 1), *to = utf8, *out = NULL;

	if (cd != (iconv_t)-1 &&
	    iconv(cd, &from, &left, &to, &room) != (size_t)-1 &&
	    iconv(cd, NULL, NULL, &to, &room) != (size_t)-1)
		out = compose(utf8, (size_t)(to - utf8) + 1);
	if (cd != (iconv_t)-1)
		(void)iconv_close(cd);
	free(utf8);
	free(in);
	return out;
}

char *
charset_decode(const char *charset, const char *octets, size_t n)
{
	if (memchr(octets, '\0', n) != NULL)
		return NULL;
	if (strcmp(charset, "CP1258") == 0)
		return decode_cp1258(octets, n);
	return legacy_decode(strcmp(charset, "VNI") == 0 ? LEGACY_VNI
	    : LEGACY_TCVN3, octets, n);
}

/* A character may be cut off at the end of the sample. */
static bool
is_utf8(const char *sample, size_t n)
{
	const uint8_t *bad = u8_check((const uint8_t *)sample, n);

	return bad == NULL || (n == CHARSET_SAMPLE &&
	    bad > (const uint8_t *)sample + n - 4);
}

/* Up to the last whole line. */
static size_t
whole_lines(const char *sample, size_t n)
{
	const char *end = n == CHARSET_SAMPLE ? memrchr(sample, '\n', n)
	    : NULL;

	return end != NULL ? (size_t)(end - sample) + 1 : n;
}

const char *
charset_guess(const char *sample, size_t n)
{
	const char *best = NULL;
	size_t most = 0, good, words;

	if (is_utf8(sample, n))
		return NULL;
	n = whole_lines(sample, n);
	for (size_t i = 0; i < N_CHARSETS; i++) {
		char *text = charset_decode(charsets[i], sample, n);

		words = text != NULL ? legacy_count_words(text, &good) : 0;
		free(text);
		if (words == 0 || good * 10 < words * 9)
			continue;
		if (good == most)
			return NULL;	/* as good as another */
		if (good > most) {
			most = good;
			best = charsets[i];
		}
	}
	return best;
}
