/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Is this word spelled as Vietnamese? Used to tell text from what becomes of
 * it when bytes are read in a wrong encoding.
 */
#ifndef TEXT_VIETNAMESE_H
#define TEXT_VIETNAMESE_H

#include <stdbool.h>
#include <stddef.h>

/* May this be one syllable: an initial consonant or none, vowels, a final
 * consonant or none, at most one tone mark? word: valid UTF-8, n octets,
 * composed or not, in any case. The rules are loose: a word that passes need
 * not exist, but every Vietnamese syllable passes. */
bool vietnamese_is_syllable(const char *word, size_t n);

#endif
