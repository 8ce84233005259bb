/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text cut into what single short messages can carry: 160 septets or 70
 * UTF-16 units alone, 153 or 67 each when joined by an 8 bit reference
 * (3GPP TS 23.040 §9.2.3.24.1). Never cut inside an escape pair, a
 * surrogate pair or before a combining mark.
 */
#ifndef TEXT_SEGMENT_H
#define TEXT_SEGMENT_H

#include "text/gsm7.h"

#define SEGMENTS_MAX 10

struct segments {
	enum coding coding;
	unsigned n;			/* 1 to SEGMENTS_MAX */
	unsigned units;			/* septets or UTF-16 units in all */
	char *part[SEGMENTS_MAX];	/* UTF-8, owned */
};

/* Fills *out from a text (valid UTF-8, NFC): GSM-7 when every character is
 * in it, else UCS-2. 0, or -1 when it takes more than SEGMENTS_MAX; then
 * *out is cleared. Deterministic: a resend cuts at the same places. */
int segments_init(struct segments *out, const char *utf8);
void segments_clear(struct segments *);

/* How it is coded and into how many segments it is cut; 0, or -1 as above. */
int segments_measure(const char *utf8, enum coding *, unsigned *n);

#endif
