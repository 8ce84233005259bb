/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A syllable is taken apart after its tone mark was taken away.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>

#include "text/vietnamese.h"

#define SYLLABLE_MAX 32		/* octets after decomposition; "nghiêng": 9 */

static const char *const initials[] = {"", "b", "c", "ch", "d", "đ", "g",
    "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph",
    "qu", "r", "s", "t", "th", "tr", "v", "x"};

/* Decomposed, as they are compared: â is a and U+0302, ơ is o and U+031B. */
static const char *const vowels[] = {
#define A_ "a\u0302"
#define AW "a\u0306"
#define E_ "e\u0302"
#define O_ "o\u0302"
#define OW "o\u031b"
#define UW "u\u031b"
    "a", AW, A_, "e", E_, "i", "o", O_, OW, "u", UW, "y",
    "ia", "i" E_, "ya", "y" E_, "ua", "u" O_, UW "a", UW OW,
    "oa", "o" AW, "oe", "oo", "u" E_, "uy", "u" OW, "u" A_, "uya", "uy" E_,
    "ai", "ao", "au", "ay", A_ "u", A_ "y", "eo", E_ "u", "iu", "i" E_ "u",
    "y" E_ "u", "oi", O_ "i", OW "i", "ui", "u" O_ "i", UW "i", UW OW "i",
    UW "u", UW OW "u", "oai", "oay", "oao", "oeo", "uai", "uay", "u" A_ "y",
    "uyu", "u" E_ "u",
};
static const char *const finals[] = {"", "c", "ch", "m", "n", "ng", "nh",
    "p", "t"};

#define N_OF(table) (sizeof(table) / sizeof((table)[0]))

static bool
has_vowels(const char *text, size_t n)
{
	for (size_t i = 0; i < N_OF(vowels); i++)
		if (strlen(vowels[i]) == n && memcmp(vowels[i], text, n) == 0)
			return true;
	return false;
}

/* text: what follows the initial. */
static bool
is_rhyme(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < N_OF(finals); i++) {
		size_t end = strlen(finals[i]);

		if (end < n && strcmp(text + n - end, finals[i]) == 0 &&
		    has_vowels(text, n - end))
			return true;
	}
	return false;
}

static bool
is_toneless_syllable(const char *text)
{
	for (size_t i = 0; i < N_OF(initials); i++) {
		size_t begin = strlen(initials[i]);

		if (strncmp(text, initials[i], begin) == 0 &&
		    is_rhyme(text + begin))
			return true;
	}
	return false;
}

/* Grave, acute, tilde, hook above and dot below. */
static bool
is_tone(const char *at)
{
	return strncmp(at, "\u0300", 2) == 0 ||
	    strncmp(at, "\u0301", 2) == 0 || strncmp(at, "\u0303", 2) == 0 ||
	    strncmp(at, "\u0309", 2) == 0 || strncmp(at, "\u0323", 2) == 0;
}

bool
vietnamese_is_syllable(const char *word, size_t n)
{
	char plain[SYLLABLE_MAX + 1];
	size_t size = sizeof(plain) - 1, used = 0, tones = 0;
	/* NULL when it does not fit: then it is no syllable. */
	uint8_t *lower = u8_tolower((const uint8_t *)word, n, NULL,
	    UNINORM_NFD, (uint8_t *)plain, &size);

	if (lower != (uint8_t *)plain) {
		free(lower);
		return false;
	}
	plain[size] = '\0';
	for (size_t i = 0; i < size; i++) {
		if (is_tone(plain + i)) {
			tones++;
			i++;
		} else {
			plain[used++] = plain[i];
		}
	}
	plain[used] = '\0';
	return tones <= 1 && is_toneless_syllable(plain);
}
