/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * User data, its header and its alphabets. The codecs of the alphabets are
 * text/gsm7.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/octets.h"
#include "sim/payload.h"
#include "text/gsm7.h"

#define IE_CONCAT8  0x00
#define IE_CONCAT16 0x08
#define UD_OCTETS   140

const char *
alphabet_name(enum alphabet alphabet)
{
	switch (alphabet) {
	case ALPHABET_GSM7:
		return "gsm7";
	case ALPHABET_8BIT:
		return "8bit";
	case ALPHABET_UCS2:
		return "ucs2";
	}
	return "?";
}

enum alphabet
alphabet_of_dcs(uint8_t dcs)
{
	if ((dcs & 0xf0) == 0xe0) /* message waiting, stored as UCS-2 */
		return ALPHABET_UCS2;
	if ((dcs & 0xf0) == 0xf0)
		return dcs & 0x04 ? ALPHABET_8BIT : ALPHABET_GSM7;
	if ((dcs & 0x80) != 0 || (dcs & 0x0c) == 0x0c)
		return ALPHABET_GSM7; /* message waiting, or reserved */
	if ((dcs & 0x0c) == 0x04)
		return ALPHABET_8BIT;
	return dcs & 0x08 ? ALPHABET_UCS2 : ALPHABET_GSM7;
}

/* Finds the concatenation element; the others are passed over. */
static int
read_header(const uint8_t *header, size_t n, struct payload *out)
{
	size_t pos = 0;

	while (pos < n) {
		const uint8_t *ie = header + pos;

		if (pos + 2 > n || pos + 2 + ie[1] > n)
			return -1;
		if (ie[0] == IE_CONCAT8 && ie[1] == 3) {
			out->ref = ie[2];
			out->has_ref16 = false;
			out->parts = ie[3];
			out->part = ie[4];
		} else if (ie[0] == IE_CONCAT16 && ie[1] == 4) {
			out->ref = ie[2] << 8 | ie[3];
			out->has_ref16 = true;
			out->parts = ie[4];
			out->part = ie[5];
		}
		pos += 2 + (size_t)ie[1];
	}
	/* An element that makes no sense is ignored (§9.2.3.24.1). */
	if (out->parts < 2 || out->part == 0 || out->part > out->parts) {
		out->ref = -1;
		out->part = out->parts = 1;
	}
	return 0;
}

static int
read_septets(const uint8_t *ud, size_t header, struct payload *out)
{
	unsigned fill = (unsigned)((7 - header * 8 % 7) % 7);
	size_t skip = (header * 8 + 6) / 7;
	size_t septets = ud[0];

	if (septets > 160 || septets < skip)
		return -1;
	out->n = septets - skip;
	if (gsm7_unpack(ud + 1 + header, (septets * 7 + 7) / 8 - header, fill,
		out->n, out->data) < 0)
		return -1;
	return 0;
}

int
payload_decode(enum alphabet alphabet, bool has_udh, const uint8_t *ud,
    size_t n, struct payload *out)
{
	size_t octets, header = 0;

	memset(out, 0, sizeof(*out));
	out->alphabet = alphabet;
	out->ref = -1;
	out->part = out->parts = 1;
	if (n < 1)
		return -1;
	octets = alphabet == ALPHABET_GSM7 ? ((size_t)ud[0] * 7 + 7) / 8
					   : ud[0];
	if (octets > UD_OCTETS || octets != n - 1)
		return -1;
	if (has_udh) {
		if (octets < 1 || (size_t)ud[1] + 1 > octets)
			return -1;
		header = (size_t)ud[1] + 1;
		if (read_header(ud + 2, ud[1], out) != 0)
			return -1;
	}
	if (alphabet == ALPHABET_GSM7)
		return read_septets(ud, header, out);
	out->n = octets - header;
	memcpy(out->data, ud + 1 + header, out->n);
	return 0;
}

static size_t
write_header(const struct payload *p, uint8_t *out)
{
	if (p->ref < 0)
		return 0;
	if (p->has_ref16) {
		out[0] = 6;
		out[1] = IE_CONCAT16;
		out[2] = 4;
		out[3] = (uint8_t)(p->ref >> 8);
	} else {
		out[0] = 5;
		out[1] = IE_CONCAT8;
		out[2] = 3;
	}
	out[out[0] - 2] = (uint8_t)p->ref;
	out[out[0] - 1] = (uint8_t)p->parts;
	out[out[0]] = (uint8_t)p->part;
	return (size_t)out[0] + 1;
}

size_t
payload_encode(const struct payload *p, uint8_t out[141])
{
	size_t header = write_header(p, out + 1);
	unsigned fill = (unsigned)((7 - header * 8 % 7) % 7);
	int n;

	if (p->alphabet != ALPHABET_GSM7) {
		memcpy(out + 1 + header, p->data, p->n);
		out[0] = (uint8_t)(header + p->n);
		return 1 + header + p->n;
	}
	out[0] = (uint8_t)((header * 8 + 6) / 7 + p->n);
	n = gsm7_pack(p->data, p->n, fill, out + 1 + header,
	    UD_OCTETS - header);
	return 1 + header + (n > 0 ? (size_t)n : 0);
}

char *
payload_text(enum alphabet alphabet, const uint8_t *data, size_t n)
{
	char *hex;

	switch (alphabet) {
	case ALPHABET_GSM7:
		return gsm7_decode(data, n);
	case ALPHABET_UCS2:
		return ucs2_decode(data, n);
	case ALPHABET_8BIT:
		break;
	}
	hex = xmalloc(2 * n + 1);
	hex_encode(data, n, hex);
	return hex;
}

/* How much of the rest fits in room without cutting an escape or a
 * surrogate pair. */
static size_t
cut(enum alphabet alphabet, const uint8_t *data, size_t n, size_t room)
{
	if (n <= room)
		return n;
	if (alphabet == ALPHABET_GSM7)
		return data[room - 1] == 0x1b ? room - 1 : room;
	return (data[room - 2] & 0xfc) == 0xd8 ? room - 2 : room;
}

int
payload_split(const char *utf8, int ref, unsigned max, struct payload **out)
{
	bool is_gsm7 = gsm7_has_all(utf8);
	enum alphabet alphabet = is_gsm7 ? ALPHABET_GSM7 : ALPHABET_UCS2;
	size_t single = is_gsm7 ? 160 : 140, room = is_gsm7 ? 153 : 134;
	size_t n = 0, pos = 0;
	uint8_t *data;
	unsigned parts = 0;

	if (is_gsm7) {
		size_t size = 2 * strlen(utf8) + 1;
		int septets;

		data = xmalloc(size);
		septets = gsm7_encode(utf8, data, size);
		n = septets > 0 ? (size_t)septets : 0;
	} else {
		data = ucs2_encode(utf8, &n);
	}
	*out = xcalloc(max, sizeof(**out));
	if (n <= single)
		room = single;
	do {
		struct payload *p;

		if (parts == max) {
			free(data);
			free(*out);
			*out = NULL;
			return -1;
		}
		p = &(*out)[parts++];
		p->alphabet = alphabet;
		p->n = cut(alphabet, data + pos, n - pos, room);
		memcpy(p->data, data + pos, p->n);
		pos += p->n;
	} while (pos < n);
	for (unsigned i = 0; i < parts; i++) {
		(*out)[i].ref = parts > 1 ? ref & 0xff : -1;
		(*out)[i].part = i + 1;
		(*out)[i].parts = parts;
	}
	free(data);
	return (int)parts;
}
