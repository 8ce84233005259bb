/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tries one cut after the other: a screen is short, and each character may
 * change the coding of the whole page.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unigbrk.h>

#include "base/mem.h"
#include "lookup/screen.h"
#include "text/phrase.h"

#define BLANKS " \n"

bool
screen_fits(const char *text, unsigned max_octets)
{
	enum coding coding;

	return phrase_octets(text, &coding) <= max_octets;
}

const char *
screen_skip(const char *text)
{
	return text + strspn(text, BLANKS);
}

static bool
fits_with(const char *text, size_t n, const char *keys, unsigned max_octets)
{
	char *page = xasprintf("%.*s\n%s", (int)n, text, keys);
	bool fits = screen_fits(page, max_octets);

	free(page);
	return fits;
}

/* The next possible cut behind `at`: the end of a word. */
static size_t
next_word(const char *text, size_t at)
{
	at += strspn(text + at, BLANKS);
	return at + strcspn(text + at, BLANKS);
}

static size_t
next_character(const char *text, size_t at)
{
	const uint8_t *s = (const uint8_t *)text;
	const uint8_t *next = u8_grapheme_next(s + at, s + strlen(text));

	return next != NULL ? (size_t)(next - s) : strlen(text);
}

static size_t
last_that_fits(const char *text, const char *keys, unsigned max_octets,
    size_t (*step)(const char *, size_t))
{
	size_t n = 0, end = strlen(text);

	while (n < end) {
		size_t next = step(text, n);

		if (!fits_with(text, next, keys, max_octets))
			break;
		n = next;
	}
	return n;
}

size_t
screen_cut(const char *text, const char *keys, unsigned max_octets)
{
	size_t n = last_that_fits(text, keys, max_octets, next_word);

	if (n == 0)
		n = last_that_fits(text, keys, max_octets, next_character);
	if (n == 0)
		n = next_character(text, 0);
	return n;
}
