/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two alphabets of a text message: the GSM 7 bit default alphabet with
 * its extension table (3GPP TS 23.038 §6.2.1) and UCS-2, which on real
 * phones is UTF-16 (big endian on the air).
 * Pure functions on UTF-8 text; nothing here knows of modems.
 */
#ifndef TEXT_GSM7_H
#define TEXT_GSM7_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum coding {
	CODING_GSM7,
	CODING_UCS2,
};

/* "gsm7", "ucs2": the words of logs, receipts and the control tool. */
const char *coding_name(enum coding);

/* Septets that one character takes: 1, 2 (escape and extension) or 0 when
 * the alphabet lacks it. */
unsigned gsm7_width(uint32_t codepoint);

/* True when the whole text (valid UTF-8) is in the GSM alphabet. */
bool gsm7_has_all(const char *utf8);

/* Septets (one per octet, unpacked) of a text that gsm7_has_all() likes.
 * Returns their number, or -1 when out is too small or a character is
 * missing. */
int gsm7_encode(const char *utf8, uint8_t *out, size_t size);

/* Unpacked septets to UTF-8 (a trailing lone escape is dropped, an unknown
 * escape reads as the plain character and a double one as a blank,
 * §6.2.1.1). The caller frees. */
char *gsm7_decode(const uint8_t *septets, size_t n);

/* Packs n septets from bit offset `fill` (0 to 6, for the padding after a
 * user data header) and the reverse (3GPP TS 23.038 §6.1.2.1). Packing
 * returns the octets written, -1 when out is too small; unpacking the
 * septets read: fewer than n_septets (the size of out) when the octets hold
 * no more. */
int gsm7_pack(const uint8_t *septets, size_t n, unsigned fill, uint8_t *out,
    size_t size);
int gsm7_unpack(const uint8_t *octets, size_t n_octets, unsigned fill,
    size_t n_septets, uint8_t *out);

/* UTF-8 (valid) to UTF-16 big endian octets and back; the caller frees.
 * *n: octets. An unpaired surrogate or a zero reads as U+FFFD, an odd last
 * octet is dropped. */
uint8_t *ucs2_encode(const char *utf8, size_t *n);
char *ucs2_decode(const uint8_t *octets, size_t n);

#endif
