/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Vietnamese in the 8-bit fonts that offices used before Unicode, and text
 * that was read in a wrong encoding ("mojibake").
 */
#ifndef TEXT_LEGACY_H
#define TEXT_LEGACY_H

#include <stdbool.h>
#include <stddef.h>

enum legacy {
	LEGACY_TCVN3,	/* the ABC fonts; the 8-bit letters of TCVN 5712 */
	LEGACY_VNI,	/* the VNI fonts for Windows */
};

/* n octets to UTF-8 in NFC, for the caller to free. NULL: an octet that the
 * encoding does not have, or not in this place. Fonts for capitals only
 * (.VnTimeH) use the octets of small letters: they come out small. */
char *legacy_decode(enum legacy, const char *octets, size_t n);

/* How many words of this text (valid UTF-8) have letters of ASCII and others:
 * "½" or "ở" tell nothing. *good: how many of these are possible Vietnamese
 * syllables. */
size_t legacy_count_words(const char *utf8, size_t *good);

/* Was this text (valid UTF-8) read in a wrong encoding? True of replacement
 * characters, of UTF-8 that was read as Windows-1252 ("Há»“ sÆ¡"), and of TCVN3
 * and VNI that were read so ("Hå s¬", "Moät cöûa"), when all of its words
 * become Vietnamese by reading it rightly, and are none as they stand. */
bool legacy_is_mojibake(const char *utf8);

#endif
