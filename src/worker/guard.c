/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A GSM_DecodePDUFrame() of our own in front of libgammu's, as usleep() is
 * (worker/pause.c). That of 1.42 believes what a PDU says of its lengths:
 * a number of 129 digits or a text of 168 septets overwrites its stack, a
 * short PDU is read behind its end (found by tests/fuzz/fuzz_worker_pdu.c).
 * Such a message, stored on the SIM, would end every worker that reads it.
 *
 * A malformed message becomes an empty text from GUARD_SENDER: so it is
 * journalled and removed from the SIM like any other, and blocks nothing.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <string.h>

#include <gammu.h>

#include "base/log.h"
#include "worker/guard.h"

/* 3GPP TS 23.040 §9.1.2.5: an address has 12 octets at most, 10 of them
 * digits. That of the centre counts octets, with the type's. */
#define DIGITS_MAX  20
#define CENTRE_MAX  12
#define SEPTETS_MAX 160	/* §9.2.3.16 */
#define OCTETS_MAX  140
#define TIME_OCTETS 7	/* §9.2.3.11 */

/* A TPDU has 164 octets at most, and the centre's number is in front. */
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

/* 3GPP TS 23.038 §4; compressed and reserved ones count octets. */
static bool
is_septets(uint8_t dcs)
{
	if ((dcs & 0xc0) == 0)
		return (dcs & 0x2c) == 0;
	if ((dcs & 0xf0) == 0xf0)
		return (dcs & 0x04) == 0;
	return (dcs & 0xe0) == 0xc0;
}

static void
check_text(struct cursor *c, uint8_t dcs, bool has_header)
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

size_t
guard_sound(const uint8_t *data, size_t n, bool has_centre)
{
	struct cursor c = {.data = data, .n = n};
	uint8_t first, dcs, centre = has_centre ? take(&c) : 0;
	/* §9.2.3.3: none, enhanced (unknown to libgammu), relative,
	 * absolute */
	static const uint8_t validity[] = {0, TIME_OCTETS, 1, TIME_OCTETS};

	if (n > PDU_MAX || centre > CENTRE_MAX)
		return 0;
	pass(&c, centre);
	first = take(&c);
	if ((first & 3) != DELIVER)
		(void)take(&c);		/* TP-MR */
	pass_address(&c);
	if ((first & 3) == REPORT) {
		pass(&c, 2 * TIME_OCTETS + 1);
		return c.failed ? 0 : c.at;
	}
	(void)take(&c);			/* TP-PID */
	dcs = take(&c);
	pass(&c, (first & 3) == DELIVER ? TIME_OCTETS
	    : validity[first >> 3 & 3]);
	check_text(&c, dcs, (first & 0x40) != 0);
	return c.failed || (first & 3) == RESERVED ? 0 : n;
}

typedef GSM_Error decode(GSM_Debug_Info *, GSM_SMSMessage *,
    const unsigned char *, size_t, size_t *, gboolean);

static decode *
next_decode(void)
{
	static decode *next;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "GSM_DecodePDUFrame");
	return next;
}

static GSM_Error
make_empty(GSM_SMSMessage *out, size_t n, size_t *end)
{
	log_warning("malformed_pdu", "octets=%zu text=\"dropped\"", n);
	GSM_SetDefaultReceivedSMSData(out);
	out->PDU = SMS_Deliver;
	out->Coding = SMS_Coding_8bit;
	out->Length = 0;
	memset(out->Text, 0, sizeof(out->Text));
	memset(out->Number, 0, sizeof(out->Number));
	out->Number[1] = (unsigned char)GUARD_SENDER[0];
	if (end != NULL)
		*end = n;
	return ERR_NONE;
}

GSM_Error
GSM_DecodePDUFrame(GSM_Debug_Info *debug, GSM_SMSMessage *out,
    const unsigned char *data, size_t n, size_t *end, gboolean has_centre)
{
	unsigned char padded[PDU_ROOM] = {0};
	decode *next = next_decode();
	size_t sound = guard_sound(data, n, has_centre);

	if (next == NULL || sound == 0)
		return make_empty(out, n, end);
	memcpy(padded, data, sound);
	return next(debug, out, padded, n, end, has_centre);
}

bool
guard_is_ours(void)
{
	decode *found;

	*(void **)&found = dlsym(RTLD_DEFAULT, "GSM_DecodePDUFrame");
	return found == GSM_DecodePDUFrame && next_decode() != NULL;
}
