/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers, time stamps and hexadecimal as octets, for pdu.c and the AT
 * commands that show PDUs.
 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "sim/octets.h"
#include "text/gsm7.h"

#define TON_INTERNATIONAL 0x91
#define TON_UNKNOWN	  0x81
#define TON_NAME	  0xd0

void
hex_encode(const uint8_t *octets, size_t n, char *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[octets[i] >> 4];
		*out++ = digits[octets[i] & 15];
	}
	*out = '\0';
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
hex_decode(const char *hex, uint8_t *out, size_t size)
{
	size_t n = 0;

	for (; hex[0] != '\0'; hex += 2) {
		int high = hex_digit(hex[0]);
		int low = hex[1] != '\0' ? hex_digit(hex[1]) : -1;

		if (high < 0 || low < 0 || n >= size)
			return -1;
		out[n++] = (uint8_t)(high << 4 | low);
	}
	return (int)n;
}

/* Digits two to an octet, low half first, F as filler (§9.1.2.3). */
static size_t
semi_octets(const char *digits, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i += 2) {
		uint8_t low = (uint8_t)(digits[i] - '0');
		uint8_t high = i + 1 < n ? (uint8_t)(digits[i + 1] - '0') : 15;

		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (n + 1) / 2;
}

static size_t
name_encode(const char *name, uint8_t out[ADDRESS_SIZE])
{
	uint8_t septets[64];
	int n = gsm7_encode(name, septets, sizeof(septets));
	int octets;

	if (n < 0)
		n = gsm7_encode("?", septets, sizeof(septets));
	if (n > 11)
		n = 11;
	octets = gsm7_pack(septets, (size_t)n, 0, out + 2, ADDRESS_SIZE - 2);
	if (octets < 0)
		octets = 0;
	out[0] = (uint8_t)((n * 7 + 3) / 4);
	out[1] = TON_NAME;
	return 2 + (size_t)octets;
}

size_t
address_encode(const char *number, uint8_t out[ADDRESS_SIZE])
{
	const char *digits = number[0] == '+' ? number + 1 : number;
	size_t n = strlen(digits);

	memset(out, 0, ADDRESS_SIZE);
	if (n == 0 || n > 20 || strspn(digits, "0123456789") != n)
		return name_encode(number, out);
	out[0] = (uint8_t)n;
	out[1] = digits == number ? TON_UNKNOWN : TON_INTERNATIONAL;
	return 2 + semi_octets(digits, n, out + 2);
}

int
address_decode(const uint8_t *octets, size_t n, char out[SIM_NUMBER_SIZE])
{
	static const char digits[] = "0123456789*#abc";
	size_t n_digits, pos = 0;

	if (n < 2 || octets[0] == 0 || octets[0] > 20)
		return -1;
	n_digits = octets[0];
	if (n < 2 + (n_digits + 1) / 2)
		return -1;
	if ((octets[1] & 0x70) == 0x10)
		out[pos++] = '+';
	for (size_t i = 0; i < n_digits; i++) {
		uint8_t half = octets[2 + i / 2] >> (i % 2 ? 4 : 0) & 15;

		if (half == 15)
			return -1;
		out[pos++] = digits[half];
	}
	out[pos] = '\0';
	return (int)(2 + (n_digits + 1) / 2);
}

size_t
smsc_encode(const char *number, uint8_t out[ADDRESS_SIZE])
{
	const char *digits = number[0] == '+' ? number + 1 : number;
	size_t n = strlen(digits);

	memset(out, 0, ADDRESS_SIZE);
	if (n == 0 || n > 20 || strspn(digits, "0123456789") != n)
		return 1;
	out[1] = digits == number ? TON_UNKNOWN : TON_INTERNATIONAL;
	out[0] = (uint8_t)(1 + semi_octets(digits, n, out + 2));
	return 1 + (size_t)out[0];
}

static uint8_t
swapped(int value)
{
	return (uint8_t)(value % 10 << 4 | value / 10 % 10);
}

void
scts_encode(int64_t at_ms, uint8_t out[7])
{
	time_t t = (time_t)(at_ms / 1000);
	struct tm tm;
	long quarters;

	(void)localtime_r(&t, &tm);
	out[0] = swapped(tm.tm_year % 100);
	out[1] = swapped(tm.tm_mon + 1);
	out[2] = swapped(tm.tm_mday);
	out[3] = swapped(tm.tm_hour);
	out[4] = swapped(tm.tm_min);
	out[5] = swapped(tm.tm_sec);
	/* The zone in quarters of an hour, its sign in bit 3. */
	quarters = tm.tm_gmtoff / 900;
	out[6] = swapped((int)(quarters < 0 ? -quarters : quarters));
	if (quarters < 0)
		out[6] |= 0x08;
}
