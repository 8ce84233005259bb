/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * In which encoding is a spreadsheet? Those that offices in Viet Nam still
 * save: UTF-8, Windows-1258, TCVN3 (the ABC fonts) and VNI. UTF-16 is told by
 * ctl/sheet.h.
 */
#ifndef CTL_CHARSET_H
#define CTL_CHARSET_H

#include <stddef.h>

/* So many octets from the beginning of a file are enough for a guess. */
#define CHARSET_SAMPLE (1024 * 1024)
/* Text in another encoding than UTF-8 is converted in one piece, up to so many
 * octets. */
#define CHARSET_MOST (64 * 1024 * 1024)

/* "CP1258", "TCVN3" or "VNI" when the sample is no UTF-8 and nine in ten of
 * its words with accents are Vietnamese in this encoding, and fewer in the
 * others. NULL: it is UTF-8, or nobody can tell. */
const char *charset_guess(const char *sample, size_t n);

/* n octets of a charset that charset_guess() named, as UTF-8 that ends with
 * a NUL, for the caller to free. NULL: they are not all of this charset. */
char *charset_decode(const char *charset, const char *octets, size_t n);

#endif
