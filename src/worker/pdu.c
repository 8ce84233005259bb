/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Converts GSM_SMSMessage to and from our own types. All conversions are our
 * own, because DecodeUnicodeString() of libgammu returns a static buffer.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unistr.h>

#include "base/mem.h"
#include "worker/pdu.h"

#define MINUTE_MS 60000LL
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)
#define UCS2_UNITS 70	/* libgammu reads at most so many per segment */

/* --- outgoing ------------------------------------------------------------ */

uint8_t
pdu_validity(int64_t ms)
{
	int64_t value;

	if (ms < 10 * MINUTE_MS)
		return 0; /* 5 minutes */
	if (ms <= 12 * HOUR_MS)
		value = ms / (5 * MINUTE_MS) - 1;
	else if (ms <= 24 * HOUR_MS)
		value = 143 + (ms - 12 * HOUR_MS) / (30 * MINUTE_MS);
	else if (ms < 2 * DAY_MS)
		value = 167; /* a day: nothing lies between one and two */
	else if (ms <= 30 * DAY_MS)
		value = 166 + ms / DAY_MS;
	else if (ms < 35 * DAY_MS)
		value = 196;
	else
		value = 192 + ms / (7 * DAY_MS);
	return (uint8_t)(value < 255 ? value : 255);
}

/* libgammu reads "~x" in UCS-2 texts as a private notation and "~~" as one
 * tilde (gsmsms.c, coding.c). So tildes are doubled; those that no longer fit
 * into its 70 units become U+223C, which looks the same. */
static void
put_ucs2(unsigned char *out, size_t room, const uint8_t *octets, size_t n)
{
	size_t spare = UCS2_UNITS > n / 2 ? UCS2_UNITS - n / 2 : 0, used = 0;

	for (size_t i = 0; i + 1 < n && used + 6 <= room; i += 2) {
		bool is_tilde = octets[i] == 0 && octets[i + 1] == '~';

		if (is_tilde && spare == 0) {
			out[used++] = 0x22;
			out[used++] = 0x3c;
			continue;
		}
		if (is_tilde) {
			spare--;
			out[used++] = 0;
			out[used++] = '~';
		}
		out[used++] = octets[i];
		out[used++] = octets[i + 1];
	}
	out[used++] = 0;
	out[used] = 0;
}

static void
put_text(GSM_SMSMessage *out, const struct segments *s, unsigned index)
{
	uint8_t *octets;
	size_t n;

	octets = ucs2_encode(s->part[index], &n);
	switch (s->coding) {
	case CODING_GSM7:
		out->Coding = SMS_Coding_Default_No_Compression;
		if (n > sizeof(out->Text) - 2)
			n = sizeof(out->Text) - 2;
		memcpy(out->Text, octets, n);
		out->Text[n] = out->Text[n + 1] = 0;
		break;
	case CODING_UCS2:
		out->Coding = SMS_Coding_Unicode_No_Compression;
		put_ucs2(out->Text, sizeof(out->Text), octets, n);
		break;
	}
	out->Length = (int)(n / 2);
	free(octets);
}

/* Writes plain ASCII: numbers need no more. */
static void
put_number(unsigned char *out, size_t size, const char *number)
{
	size_t n = 0;

	for (; *number != '\0' && n + 4 <= size; number++) {
		out[n++] = 0;
		out[n++] = (unsigned char)*number;
	}
	out[n] = out[n + 1] = 0;
}

void
pdu_fill(GSM_SMSMessage *out, const struct outgoing *o)
{
	memset(out, 0, sizeof(*out));
	GSM_SetDefaultSMSData(out);
	out->PDU = o->report ? SMS_Status_Report : SMS_Submit;
	out->Class = -1;
	out->RejectDuplicates = o->reject_duplicates;
	out->MessageReference = o->reference;
	out->SMSC.Location = 0; /* else AT+CSCA? before each segment */
	out->SMSC.Validity.Format = SMS_Validity_RelativeFormat;
	out->SMSC.Validity.Relative =
	    (GSM_ValidityPeriod)pdu_validity(o->validity_ms);
	put_number(out->SMSC.Number, sizeof(out->SMSC.Number), o->smsc);
	put_number(out->Number, sizeof(out->Number), o->phone);
	put_text(out, o->segments, o->index);
	if (o->segments->n < 2)
		return;
	/* libgammu would use the second of the wall clock as the reference. */
	out->UDH.Type = UDH_ConcatenatedMessages;
	out->UDH.ID8bit = o->concat_ref;
	out->UDH.PartNumber = (int)o->index + 1;
	out->UDH.AllParts = (int)o->segments->n;
	GSM_EncodeUDHHeader(NULL, &out->UDH);
}

/* --- incoming ------------------------------------------------------------ */

static size_t
units_of(const unsigned char *text, size_t size)
{
	size_t n = 0;

	while (2 * n + 1 < size && (text[2 * n] != 0 || text[2 * n + 1] != 0))
		n++;
	return n;
}

/* The reverse of put_ucs2(): "~~" is a tilde, and U+0001 was a single one. */
static char *
take_ucs2(const unsigned char *text, size_t units)
{
	uint8_t *octets = xmalloc(2 * units);
	size_t n = 0;
	char *utf8;

	for (size_t i = 0; i < units; i++) {
		const unsigned char *u = text + 2 * i;

		octets[n++] = u[0];
		octets[n++] = u[1];
		if (u[0] == 0 && u[1] == '~' && i + 1 < units && u[2] == 0 &&
		    u[3] == '~')
			i++;
	}
	utf8 = ucs2_decode(octets, n);
	free(octets);
	return utf8;
}

/* 8 bit data has no alphabet (23.038 §4). Plain ASCII or UTF-8 was typed by a
 * person; settings and pictures were not. */
static char *
take_octets(const GSM_SMSMessage *sms)
{
	size_t n = sms->Length > 0 ? (size_t)sms->Length : 0;

	if (n > sizeof(sms->Text))
		n = sizeof(sms->Text);
	for (size_t i = 0; i < n; i++)
		if (sms->Text[i] == 0x7f || (sms->Text[i] < 0x20 &&
		    sms->Text[i] != '\n' && sms->Text[i] != '\r' &&
		    sms->Text[i] != '\t'))
			return xstrdup("");
	if (u8_check(sms->Text, n) != NULL)
		return xstrdup("");
	return xstrndup((const char *)sms->Text, n);
}

char *
pdu_text(const GSM_SMSMessage *sms)
{
	size_t units = units_of(sms->Text, sizeof(sms->Text));

	switch (sms->Coding) {
	case SMS_Coding_Unicode_No_Compression:
	case SMS_Coding_Unicode_Compression:
		return take_ucs2(sms->Text, units);
	case SMS_Coding_Default_No_Compression:
	case SMS_Coding_Default_Compression:
		return ucs2_decode(sms->Text, 2 * units);
	case SMS_Coding_8bit:
		return take_octets(sms);
	}
	return xstrdup("");
}

char *
pdu_number(const unsigned char *number, size_t size)
{
	return ucs2_decode(number, 2 * units_of(number, size));
}

struct concat
pdu_concat(const GSM_SMSMessage *sms)
{
	const unsigned char *h = sms->UDH.Text;
	struct concat c = {0, 1, 1};
	size_t end;

	if (sms->UDH.Type == UDH_NoUDH || sms->UDH.Length < 1)
		return c;
	end = (size_t)h[0] + 1;
	if (end > sizeof(sms->UDH.Text))
		end = sizeof(sms->UDH.Text);
	for (size_t i = 1; i + 2 <= end && i + 2 + h[i + 1] <= end;
	    i += 2U + h[i + 1]) {
		const unsigned char *v = h + i + 2;

		if (h[i] == 0x00 && h[i + 1] == 3)
			c = (struct concat){v[0], v[2], v[1]};
		else if (h[i] == 0x08 && h[i + 1] == 4)
			c = (struct concat){(uint32_t)v[0] << 8 | v[1], v[3],
			    v[2]};
	}
	if (c.part < 1 || c.part > c.parts)
		c = (struct concat){0, 1, 1};
	return c;
}

int64_t
pdu_time(const GSM_DateTime *t)
{
	struct tm tm = {
		.tm_year = t->Year - 1900,
		.tm_mon = t->Month - 1,
		.tm_mday = t->Day,
		.tm_hour = t->Hour,
		.tm_min = t->Minute,
		.tm_sec = t->Second,
	};

	if (t->Year < 1990 || t->Year > 2200 || t->Month < 1 ||
	    t->Month > 12)
		return 0;
	return ((int64_t)timegm(&tm) - t->Timezone) * 1000;
}
