/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The GSM 7 bit alphabet (3GPP TS 23.038 §6.2.1), its packing (§6.1.2.1)
 * and UTF-16 big endian. Bytes from the air may be anything: decoding never
 * fails and never reads beyond what it was given.
 */
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/gsm7.h"

#define ESCAPE	    0x1b
#define REPLACEMENT 0xfffd

/* §6.2.1: the character of every septet; 0x1b is the escape. */
static const uint16_t basic[128] = {
	'@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec,
	0xf2, 0xc7, '\n', 0xd8, 0xf8, '\r', 0xc5, 0xe5,
	0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8,
	0x3a3, 0x398, 0x39e, 0, 0xc6, 0xe6, 0xdf, 0xc9,
	' ', '!', '"', '#', 0xa4, '%', '&', '\'',
	'(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7',
	'8', '9', ':', ';', '<', '=', '>', '?',
	0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G',
	'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
	'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1, 0xdc, 0xa7,
	0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g',
	'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
	'x', 'y', 'z', 0xe4, 0xf6, 0xf1, 0xfc, 0xe0,
};

/* §6.2.1.1: what follows an escape. */
static const struct {
	uint8_t septet;
	uint16_t codepoint;
} extension[] = {
	{0x0a, '\f'}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2f, '\\'},
	{0x3c, '['}, {0x3d, '~'}, {0x3e, ']'}, {0x40, '|'}, {0x65, 0x20ac},
};

#define N_EXTENSION (sizeof(extension) / sizeof(*extension))

const char *
coding_name(enum coding coding)
{
	switch (coding) {
	case CODING_GSM7:
		return "gsm7";
	case CODING_UCS2:
		return "ucs2";
	}
	return "?";
}

/* Writes the septets of a character; returns how many, 0 to 2. */
static unsigned
lookup(uint32_t codepoint, uint8_t septets[2])
{
	if (codepoint == 0)
		return 0;
	/* Most letters have the place that they have in ASCII. */
	if (codepoint < 128 && basic[codepoint] == codepoint) {
		septets[0] = (uint8_t)codepoint;
		return 1;
	}
	for (unsigned i = 0; i < 128; i++)
		if (basic[i] == codepoint) {
			septets[0] = (uint8_t)i;
			return 1;
		}
	for (size_t i = 0; i < N_EXTENSION; i++)
		if (extension[i].codepoint == codepoint) {
			septets[0] = ESCAPE;
			septets[1] = extension[i].septet;
			return 2;
		}
	return 0;
}

unsigned
gsm7_width(uint32_t codepoint)
{
	uint8_t septets[2];

	return lookup(codepoint, septets);
}

bool
gsm7_has_all(const char *utf8)
{
	const uint8_t *s = (const uint8_t *)utf8;
	ucs4_t uc;

	while ((s = u8_next(&uc, s)) != NULL)
		if (gsm7_width(uc) == 0)
			return false;
	return true;
}

int
gsm7_encode(const char *utf8, uint8_t *out, size_t size)
{
	const uint8_t *s = (const uint8_t *)utf8;
	uint8_t septets[2];
	size_t n = 0;
	ucs4_t uc;

	while ((s = u8_next(&uc, s)) != NULL) {
		unsigned width = lookup(uc, septets);

		if (width == 0 || n + width > size)
			return -1;
		memcpy(out + n, septets, width);
		n += width;
	}
	return (int)n;
}

static ucs4_t
extended(uint8_t septet)
{
	for (size_t i = 0; i < N_EXTENSION; i++)
		if (extension[i].septet == septet)
			return extension[i].codepoint;
	/* Reserved for a further table: shown as a blank (§6.2.1.1). */
	return septet == ESCAPE ? ' ' : basic[septet];
}

char *
gsm7_decode(const uint8_t *septets, size_t n)
{
	uint8_t *out = xmalloc(n * 3 + 1);
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t septet = septets[i] & 0x7f;
		ucs4_t uc = basic[septet];

		if (septet == ESCAPE) {
			if (++i == n)
				break;
			uc = extended(septets[i] & 0x7f);
		}
		used += (size_t)u8_uctomb(out + used, uc, 4);
	}
	out[used] = '\0';
	return (char *)out;
}

int
gsm7_pack(const uint8_t *septets, size_t n, unsigned fill, uint8_t *out,
    size_t size)
{
	size_t octets = (n * 7 + fill + 7) / 8;

	if (n == 0)
		octets = 0;
	if (octets > size)
		return -1;
	memset(out, 0, octets);
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * 7 + fill;
		unsigned wide = (septets[i] & 0x7fU) << (bit % 8);

		out[bit / 8] |= (uint8_t)wide;
		if (wide > 0xff)
			out[bit / 8 + 1] |= (uint8_t)(wide >> 8);
	}
	return (int)octets;
}

int
gsm7_unpack(const uint8_t *octets, size_t n_octets, unsigned fill,
    size_t n_septets, uint8_t *out)
{
	size_t i;

	for (i = 0; i < n_septets; i++) {
		size_t bit = i * 7 + fill, first = bit / 8;
		unsigned wide;

		if ((bit + 7 + 7) / 8 > n_octets)
			break;
		wide = octets[first];
		if (bit % 8 > 1)
			wide |= (unsigned)octets[first + 1] << 8;
		out[i] = (uint8_t)(wide >> (bit % 8)) & 0x7f;
	}
	return (int)i;
}

uint8_t *
ucs2_encode(const char *utf8, size_t *n)
{
	const uint8_t *s = (const uint8_t *)utf8;
	uint8_t *out = xmalloc(strlen(utf8) * 2 + 1);
	uint16_t unit[2];
	ucs4_t uc;

	*n = 0;
	while ((s = u8_next(&uc, s)) != NULL) {
		int units = u16_uctomb(unit, uc, 2);

		for (int i = 0; i < units; i++) {
			out[(*n)++] = (uint8_t)(unit[i] >> 8);
			out[(*n)++] = (uint8_t)(unit[i] & 0xff);
		}
	}
	return out;
}

char *
ucs2_decode(const uint8_t *octets, size_t n)
{
	size_t units = n / 2, used = 0;
	uint16_t *wide = xcalloc(units, sizeof(*wide));
	uint8_t *out = xmalloc(units * 3 + 1);

	for (size_t i = 0; i < units; i++)
		wide[i] = (uint16_t)(octets[2 * i] << 8 | octets[2 * i + 1]);
	for (size_t i = 0; i < units;) {
		ucs4_t uc;
		int took = u16_mbtoucr(&uc, wide + i, units - i);

		if (took <= 0 || uc == 0) {
			uc = REPLACEMENT;
			took = 1;
		}
		i += (size_t)took;
		used += (size_t)u8_uctomb(out + used, uc, 4);
	}
	free(wide);
	out[used] = '\0';
	return (char *)out;
}
