/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides by evidence: a data coding scheme is believed only when the octets
 * agree with it.
 */
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/mem.h"
#include "text/gsm7.h"
#include "worker/ussd_text.h"

#define STATUS_MOST 5
#define OCTETS_MAX  768
#define DCS_DEFAULT 15

enum alphabet { GSM7, OCTETS, UCS2 };

/* 3GPP TS 23.038 §5 (cell broadcast): 0001 has a language in front, 01xx and
 * 1001 have two bits of alphabet, 1111 one. Reserved values mean the default
 * alphabet. */
static enum alphabet
alphabet_of(int dcs)
{
	if (dcs == 0x11)
		return UCS2;
	if ((dcs & 0xc0) == 0x40 || (dcs & 0xf0) == 0x90)
		return (dcs & 0x0c) == 0x08 ? UCS2
		    : (dcs & 0x0c) == 0x04 ? OCTETS : GSM7;
	return (dcs & 0xf4) == 0xf4 ? OCTETS : GSM7;
}

static size_t
read_hex(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;
	unsigned octet;

	for (; *text != '\0'; text += 2) {
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]) || n == size)
			return 0;
		(void)sscanf(text, "%2x", &octet);
		out[n++] = (uint8_t)octet;
	}
	return n;
}

static char *
write_hex(const uint8_t *octets, size_t n)
{
	char *out = xmalloc(2 * n + 1);

	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02X", octets[i]);
	return out;
}

static bool
is_plain(unsigned c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r';
}

/* Are there only Latin letters and signs, as in Vietnamese? */
static bool
is_latin_ucs2(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		if (octets[i] > 0x01 && octets[i] != 0x03 &&
		    octets[i] != 0x1e && octets[i] != 0x20)
			return false;
	return n > 0 && n % 2 == 0;
}

static bool
is_plain_octets(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_plain(octets[i]))
			return false;
	return n > 0;
}

static size_t
unpack(const uint8_t *octets, size_t n, uint8_t *septets, size_t size)
{
	int got = gsm7_unpack(octets, n, 0, n * 8 / 7 < size ? n * 8 / 7
	    : size, septets);

	/* A CR fills up the last octet (23.038 §6.1.2.3.1). */
	if (got > 0 && septets[got - 1] == '\r')
		got--;
	return got > 0 ? (size_t)got : 0;
}

/* Is it mostly letters, figures and blanks? Octets that are not packed text
 * often unpack to Greek capitals and signs. */
static bool
is_plain_septets(const uint8_t *septets, size_t n)
{
	size_t good = 0;

	for (size_t i = 0; i < n; i++)
		good += isalnum(septets[i]) || septets[i] == ' ' ||
		    septets[i] == '\n' || (septets[i] != '\0' &&
		    strchr(".,:;*#/-+()'\"!?%=", septets[i]) != NULL);
	return n > 0 && good * 5 >= n * 4;
}

/* 8 bit data: UTF-8, or one character per octet. */
static char *
octets_text(const uint8_t *octets, size_t n)
{
	uint8_t *wide;
	char *out;

	if (u8_check(octets, n) == NULL && memchr(octets, 0, n) == NULL)
		return xstrndup((const char *)octets, n);
	wide = xmalloc(2 * n);
	for (size_t i = 0; i < n; i++) {
		wide[2 * i] = 0;
		wide[2 * i + 1] = octets[i];
	}
	out = ucs2_decode(wide, 2 * n);
	free(wide);
	return out;
}

/* The length of the language in front of the text (dcs 0x10: two letters and
 * CR; 0x11: the same, packed into two octets). */
static size_t
language(int dcs, const uint8_t *octets, size_t n)
{
	if (dcs == 0x11 && n > 2 && !is_latin_ucs2(octets, n) &&
	    is_latin_ucs2(octets + 2, n - 2))
		return 2;
	return dcs == 0x10 && n > 3 && octets[2] == '\r' ? 3 : 0;
}

/* Decodes octets. Returns NULL when they make no sense. */
static char *
decode_octets(const uint8_t *octets, size_t n, int dcs)
{
	enum alphabet alphabet = alphabet_of(dcs);
	uint8_t septets[OCTETS_MAX * 8 / 7 + 1];
	size_t got = unpack(octets, n, septets, sizeof(septets)), skip;

	skip = alphabet == UCS2 ? language(dcs, octets, n) : 0;
	if (n >= 2 && n % 2 == 0 &&
	    (alphabet == UCS2 || is_latin_ucs2(octets, n)))
		return ucs2_decode(octets + skip, n - skip);
	if (alphabet == OCTETS)
		return octets_text(octets, n);
	if (is_plain_octets(octets, n) && !is_plain_septets(septets, got))
		return octets_text(octets, n);
	if (!is_plain_septets(septets, got) && n < 4)
		return NULL;
	skip = language(dcs, septets, got);
	return gsm7_decode(septets + skip, got - skip);
}

/* Takes characters as they are. With AT+CSCS="GSM" some modems leave codes of
 * the GSM alphabet in the text: those below a blank are not ASCII. */
static char *
decode_plain(const char *text, int dcs)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t n = strlen(text), used = 0;
	const uint8_t *bad = u8_check(s, n);
	char *out;

	if (bad != NULL)
		n = (size_t)(bad - s);
	if (dcs == 0x10 && n > 3 && (text[2] == '\r' || text[2] == '\n')) {
		s += 3;
		n -= 3;
	}
	out = xmalloc(4 * n + 1);
	for (size_t i = 0; i < n; i++) {
		bool is_pair = s[i] == 0x1b && i + 1 < n && s[i + 1] < 0x80;
		char *one;

		if (s[i] >= 0x20 || s[i] == '\n' || s[i] == '\r') {
			out[used++] = (char)s[i];
			continue;
		}
		one = gsm7_decode(s + i, is_pair ? 2 : 1);
		i += is_pair;
		for (const char *p = one; *p != '\0'; p++)
			out[used++] = *p;
		free(one);
	}
	out[used] = '\0';
	return out;
}

/* Is it a number of telephone keys in UCS-2? A single character ("0031") may as
 * well be a number of four digits: then AT+CSCS decides. */
static bool
is_ucs2_number(const uint8_t *octets, size_t n, bool is_ucs2)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		if (octets[i] != 0 || !is_plain(octets[i + 1]))
			return false;
	return n % 2 == 0 && n >= (is_ucs2 ? 2 : 4);
}

char *
ussd_decode(const char *text, int dcs, bool is_ucs2)
{
	uint8_t octets[OCTETS_MAX];
	size_t n = read_hex(text, octets, sizeof(octets));
	/* A plain number is valid hexadecimal, too. */
	bool is_number = text[strspn(text, "0123456789")] == '\0';
	char *out = NULL;

	if (n > 0 && (!is_number || alphabet_of(dcs) != GSM7 ||
	    is_ucs2_number(octets, n, is_ucs2)))
		out = decode_octets(octets, n, dcs);
	return out != NULL ? out : decode_plain(text, dcs);
}

/* --- the line ------------------------------------------------------------ */

/* Finds the quote that ends the string: the coding scheme or nothing follows
 * it. Returns NULL when the string is still open. */
static const char *
end_of(const char *begin)
{
	const char *end = strrchr(begin, '"'), *p;

	if (end == NULL)
		return NULL;
	p = end + 1 + strspn(end + 1, " ");
	if (*p == ',')
		p += 1 + strspn(p + 1, " 0123456789");
	return p[strspn(p, " \r\n")] == '\0' ? end : NULL;
}

bool
ussd_is_open(const char *line)
{
	const char *begin = strchr(line, '"');

	return begin != NULL && end_of(begin + 1) == NULL;
}

bool
ussd_closes(const char *line)
{
	return end_of(line) != NULL;
}

/* Without quotes: the text before a comma and a small number, or all of it. */
static char *
read_bare(const char *text, int *dcs)
{
	const char *comma = strrchr(text, ',');
	size_t n = strlen(text), digits;

	if (comma != NULL) {
		const char *p = comma + 1 + strspn(comma + 1, " ");

		digits = strspn(p, "0123456789");
		if (digits <= 3 && p[digits + strspn(p + digits, " ")] ==
		    '\0') {
			n = (size_t)(comma - text);
			if (digits > 0)
				*dcs = atoi(p);
		}
	}
	return xstrndup(text, n);
}

char *
ussd_read(const char *line, bool is_ucs2, int *status)
{
	const char *p = strchr(line, ':'), *begin, *end;
	int dcs = DCS_DEFAULT;
	char *raw, *text;

	p = p != NULL ? p + 1 : line;
	*status = atoi(p);
	if (*status < 0 || *status > STATUS_MOST)
		*status = 0;
	if ((p = strchr(p, ',')) == NULL)
		return xstrdup("");
	p += 1 + strspn(p + 1, " ");
	if (*p != '"') {
		raw = read_bare(p, &dcs);
	} else {
		begin = p + 1;
		end = end_of(begin);
		if (end != NULL && (p = strchr(end, ',')) != NULL &&
		    isdigit((unsigned char)p[1 + strspn(p + 1, " ")]))
			dcs = atoi(p + 1);
		raw = xstrndup(begin, end != NULL ? (size_t)(end - begin)
		    : strlen(begin));
	}
	text = ussd_decode(raw, dcs, is_ucs2);
	free(raw);
	return text;
}

/* --- to the network ------------------------------------------------------ */

char *
ussd_pack(const char *utf8)
{
	uint8_t septets[OCTETS_MAX], octets[OCTETS_MAX];
	int n = gsm7_encode(utf8, septets, sizeof(septets) - 1);

	if (n < 0)
		return xstrdup("");
	/* Else the seven bits left over would read as "@" (§6.1.2.3.1). */
	if (n % 8 == 7)
		septets[n++] = '\r';
	n = gsm7_pack(septets, (size_t)n, 0, octets, sizeof(octets));
	return write_hex(octets, n > 0 ? (size_t)n : 0);
}

char *
ussd_ucs2(const char *utf8)
{
	size_t n;
	uint8_t *octets = ucs2_encode(utf8, &n);
	char *out = write_hex(octets, n);

	free(octets);
	return out;
}

/* The character is the same in GSM-7 (3GPP TS 23.038 §6.2.1) and ITU-T T.50. */
static bool
can_type(char c)
{
	return isalnum((unsigned char)c) ||
	    (c != '\0' && strchr(" !#%&'()*+,-./:;<=>?", c) != NULL);
}

bool
ussd_is_plain(const char *utf8)
{
	while (can_type(*utf8))
		utf8++;
	return *utf8 == '\0';
}

char *
ussd_flat(const char *utf8)
{
	char *out = xstrdup(utf8);

	for (char *c = out; *c != '\0'; c++)
		if (!can_type(*c))
			*c = ' ';
	return out;
}
