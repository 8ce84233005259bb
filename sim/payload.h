/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What one segment carries: a part of a text with its place in the whole
 * (3GPP TS 23.040 §9.2.3.24), and whole texts cut into such parts.
 */
#ifndef SIM_PAYLOAD_H
#define SIM_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_SIZE	  160 /* septets; octets are at most 140 */
#define PAYLOAD_PARTS_MAX 255

/* 3GPP TS 23.038 §4, bits 3..2 of the general coding group. */
enum alphabet {
	ALPHABET_GSM7,
	ALPHABET_8BIT,
	ALPHABET_UCS2,
};

/* "gsm7", "8bit", "ucs2". */
const char *alphabet_name(enum alphabet);

/* The alphabet that a TP-DCS names. */
enum alphabet alphabet_of_dcs(uint8_t dcs);

struct payload {
	enum alphabet alphabet;
	int ref; /* -1: a single one, then part and parts are 1 */
	bool has_ref16;
	unsigned part; /* from 1 */
	unsigned parts;
	uint8_t data[PAYLOAD_SIZE]; /* septets, one each, or octets */
	size_t n;
};

/* Reads TP-UDL and TP-UD. 0, or -1: lengths that contradict each other. */
int payload_decode(enum alphabet, bool has_udh, const uint8_t *ud, size_t n,
    struct payload *out);

/* Writes TP-UDL and TP-UD (at most 141 octets); returns the octets. */
size_t payload_encode(const struct payload *, uint8_t out[141]);

/* The text of n septets or octets as UTF-8; 8-bit data reads as hex. The
 * caller frees. */
char *payload_text(enum alphabet, const uint8_t *data, size_t n);

/* Cuts a valid UTF-8 text into parts that carry ref; GSM-7 when it can be.
 * Returns the number of parts, or -1: longer than max parts. The caller
 * frees *out. */
int payload_split(const char *utf8, int ref, unsigned max,
    struct payload **out);

#endif
