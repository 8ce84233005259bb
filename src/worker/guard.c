/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks a message from the air before libgammu gets it. The decoder of
 * libgammu 1.42 believes the lengths in a PDU: a number of 129 digits or a text
 * of 168 septets overwrites its stack, and it reads behind the end of a short
 * PDU (found by tests/fuzz/fuzz_worker_pdu.c). It also gives up on reserved
 * coding schemes, although the standard says how to read them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <gammu.h>

#include "worker/guard.h"

/* 3GPP TS 23.040 §9.1.2.5: an address has at most 12 octets, 10 of them digits.
 * The length of the centre's address counts octets, including the type's. */
#define DIGITS_MAX  20
#define CENTRE_MAX  12
#define SEPTETS_MAX 160	/* §9.2.3.16 */
#define OCTETS_MAX  140
#define TIME_OCTETS 7	/* §9.2.3.11 */

/* A TPDU has at most 164 octets; the centre's number stands in front. */
#define PDU_MAX	 180
#define PDU_ROOM 1024	/* zeros behind it */

enum { DELIVER, SUBMIT, REPORT, RESERVED };

struct cursor {
	const uint8_t *data;
	size_t n, at;
	bool failed;
};

static uint8_t
take(struct cursor *c)
{
	if (c->at < c->n)
		return c->data[c->at++];
	c->failed = true;
	return 0;
}

static void
pass(struct cursor *c, size_t octets)
{
	if (octets > c->n - c->at)
		c->failed = true;
	else
		c->at += octets;
}

static void
pass_address(struct cursor *c)
{
	uint8_t digits = take(c);

	if (digits > DIGITS_MAX)
		c->failed = true;
	else
		pass(c, 1 + (digits + 1U) / 2);
}

/* Reserved coding schemes are read as the default alphabet, and a reserved
 * bit as 0 (3GPP TS 23.038 §4). */
static uint8_t
known_dcs(uint8_t dcs)
{
	if ((dcs & 0xc0) == 0x80)
		return 0;
	return (dcs & 0xf0) == 0xf0 ? dcs & 0xf7 : dcs;
}

/* §4. A compressed text counts octets. */
static bool
is_septets(uint8_t dcs)
{
	if ((dcs & 0x80) == 0)
		return (dcs & 0x2c) == 0;
	if ((dcs & 0xf0) == 0xf0)
		return (dcs & 0x04) == 0;
	return (dcs & 0xe0) == 0xc0;
}

static void
check_user_text(struct cursor *c, uint8_t dcs, bool has_header)
{
	size_t length = take(c), octets = length, header;

	if (is_septets(dcs) && length <= SEPTETS_MAX)
		octets = (length * 7 + 7) / 8;
	if (c->failed || octets > OCTETS_MAX || octets > c->n - c->at) {
		c->failed = true;
		return;
	}
	header = has_header ? take(c) + 1U : 0;
	if (header > octets)
		c->failed = true;
}

/* Where the fields of the message's head are. */
struct head {
	size_t first, digits, digits_end, dcs, length;
};

/* Fails where the octets contradict 3GPP TS 23.040. */
static uint8_t
read_head(struct cursor *c, struct head *h)
{
	/* §9.2.3.3: none, enhanced (unknown to libgammu), relative,
	 * absolute */
	static const uint8_t validity[] = {0, TIME_OCTETS, 1, TIME_OCTETS};
	uint8_t first, centre = take(c);

	if (c->n > PDU_MAX || centre > CENTRE_MAX)
		c->failed = true;
	pass(c, centre);
	h->first = c->failed ? c->n : c->at;
	first = take(c);
	if ((first & 3) != DELIVER)
		(void)take(c);		/* TP-MR */
	h->digits = c->at + 2;
	pass_address(c);
	h->digits_end = c->at;
	if ((first & 3) == REPORT) {
		pass(c, 2 * TIME_OCTETS + 1);
		h->length = c->at;
		return first;
	}
	(void)take(c);			/* TP-PID */
	h->dcs = c->at;
	(void)take(c);
	pass(c, (first & 3) == DELIVER ? TIME_OCTETS
	    : validity[first >> 3 & 3]);
	h->length = c->at + 1;
	return first;
}

size_t
guard_sound(const uint8_t *data, size_t n)
{
	struct cursor c = {.data = data, .n = n};
	struct head h = {0};
	uint8_t first = read_head(&c, &h);

	if (c.failed || (first & 3) == RESERVED)
		return 0;
	if ((first & 3) == REPORT)
		return c.at;
	check_user_text(&c, known_dcs(data[h.dcs]), (first & 0x40) != 0);
	return c.failed ? 0 : n;
}

const char *
guard_decode(const uint8_t *data, size_t n, GSM_SMSMessage *out)
{
	uint8_t padded[PDU_ROOM] = {0};
	size_t sound = guard_sound(data, n), end = 0;
	struct cursor c = {.data = data, .n = n};
	struct head h = {0};

	memset(out, 0, sizeof(*out));
	if (sound == 0)
		return "malformed";
	memcpy(padded, data, sound);
	if ((read_head(&c, &h) & 3) != REPORT)
		padded[h.dcs] = known_dcs(padded[h.dcs]);
	if (GSM_DecodePDUFrame(NULL, out, padded, n, &end, TRUE) != ERR_NONE)
		return "not_supported";
	return NULL;
}

const char *
guard_kind(const uint8_t *data, size_t n)
{
	static const char *const kinds[] = {
		"deliver", "submit", "report", "reserved",
	};
	struct cursor c = {.data = data, .n = n};

	pass(&c, take(&c));
	return c.at < c.n ? kinds[data[c.at] & 3] : "none";
}

void
guard_head(const uint8_t *data, size_t n, char *out, size_t size)
{
	struct cursor c = {.data = data, .n = n};
	struct head h = {0};
	size_t end, used = 0;

	(void)read_head(&c, &h);
	/* A malformed message may have the number's digits anywhere: hide
	 * all. */
	end = guard_sound(data, n) == 0 ? h.digits : h.length;
	out[0] = '\0';
	for (size_t i = h.first; i < end && i < n && used + 3 <= size; i++)
		used += (size_t)(i >= h.digits && i < h.digits_end
		    ? snprintf(out + used, size - used, "xx")
		    : snprintf(out + used, size - used, "%02X", data[i]));
}
