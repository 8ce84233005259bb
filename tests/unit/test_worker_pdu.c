/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Segments through the real libgammu: what GSM_EncodeSMSFrame() makes of
 * our GSM_SMSMessage must be, octet for octet, what our own alphabet code
 * counts on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistr.h>

#include "worker/guard.h"
#include "worker/pdu.h"

/* Where GSM_EncodeSMSFrame() puts what; any places do. */
static GSM_SMSMessageLayout layout = {
	.Text = 50, .Number = 20, .SMSCNumber = 1, .TPDCS = 41,
	.DateTime = 255, .SMSCTime = 255, .TPStatus = 255, .TPUDL = 43,
	.TPVP = 42, .firstbyte = 15, .TPMR = 16, .TPPID = 40,
};

struct frame {
	uint8_t octets[400];
	const uint8_t *text;
	unsigned udl;
};

static void
encode(const struct outgoing *o, struct frame *f)
{
	GSM_SMSMessage sms;
	int length = 0;

	memset(f, 0, sizeof(*f));
	pdu_fill(&sms, o);
	assert_int_equal(GSM_EncodeSMSFrame(NULL, &sms, f->octets, layout,
	    &length, TRUE), ERR_NONE);
	f->text = f->octets + layout.Text;
	f->udl = f->octets[layout.TPUDL];
}

static struct outgoing
outgoing(const struct segments *s, unsigned index)
{
	return (struct outgoing){
		.segments = s, .index = index, .phone = "+84912345678",
		.smsc = "+84980200030", .concat_ref = 0xc7, .reference = 77,
		.validity_ms = 3600000,
	};
}

/* Every segment of the text, compared with what gsm7.h makes of it. */
static void
check_text(const char *utf8, enum coding coding, unsigned n)
{
	struct segments s;
	struct frame f;

	assert_int_equal(segments_init(&s, utf8), 0);
	assert_int_equal(s.coding, coding);
	assert_int_equal(s.n, n);
	for (unsigned i = 0; i < s.n; i++) {
		struct outgoing o = outgoing(&s, i);
		unsigned head = s.n > 1 ? 6 : 0;

		encode(&o, &f);
		if (coding == CODING_UCS2) {
			size_t want;
			uint8_t *octets = ucs2_encode(s.part[i], &want);

			assert_int_equal(f.octets[layout.TPDCS], 0x08);
			assert_int_equal(f.udl, head + want);
			assert_memory_equal(f.text + head, octets, want);
			free(octets);
		} else {
			uint8_t want[200], got[200];
			int septets = gsm7_encode(s.part[i], want,
			    sizeof(want));
			unsigned skip = head != 0 ? 7 : 0;

			assert_int_equal(f.octets[layout.TPDCS], 0x00);
			assert_true(septets > 0 && septets <= 160);
			assert_int_equal(f.udl, skip + (unsigned)septets);
			assert_int_equal(gsm7_unpack(f.text + head, 140 - head,
			    head != 0 ? 1 : 0, (size_t)septets, got),
			    septets);
			assert_memory_equal(got, want, (size_t)septets);
		}
	}
	segments_clear(&s);
}

/* One character at a time: libgammu's table and ours are the same. */
static void
test_whole_gsm_alphabet(void **state)
{
	unsigned found = 0;

	(void)state;
	for (ucs4_t c = 1; c < 0x2100; c++) {
		uint8_t utf8[16] = "a";
		int n;

		if (gsm7_width(c) == 0 || c == 0x1b)
			continue;
		n = u8_uctomb(utf8 + 1, c, 8);
		assert_true(n > 0);
		utf8[1 + n] = 'z';
		utf8[2 + n] = '\0';
		check_text((const char *)utf8, CODING_GSM7, 1);
		found++;
	}
	assert_true(found >= 136);
}

static char *
repeat(const char *s, unsigned n)
{
	char *out = calloc(n, strlen(s) + 1);

	assert_non_null(out);
	for (unsigned i = 0; i < n; i++)
		strcat(out, s);
	return out;
}

static void
test_full_segments(void **state)
{
	static const struct {
		const char *unit;
		unsigned times, segments;
		enum coding coding;
	} cases[] = {
		{"x", 160, 1, CODING_GSM7},
		{"x", 161, 2, CODING_GSM7},
		{"[", 80, 1, CODING_GSM7},
		{"x[", 200, 4, CODING_GSM7},
		{"€", 81, 2, CODING_GSM7},
		{"đ", 70, 1, CODING_UCS2},
		{"đ", 71, 2, CODING_UCS2},
		{"🎉", 35, 1, CODING_UCS2},
		{"🎉", 36, 2, CODING_UCS2},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = repeat(cases[i].unit, cases[i].times);

		check_text(text, cases[i].coding, cases[i].segments);
		free(text);
	}
}

/* libgammu reads tildes in UCS-2 as a notation of its own. */
static void
test_tildes(void **state)
{
	struct segments s;
	struct frame f;
	struct outgoing o;
	char *text;

	(void)state;
	check_text("đ~x", CODING_UCS2, 1);
	check_text("đ~~", CODING_UCS2, 1);
	check_text("~đ~~~x~", CODING_UCS2, 1);
	/* A full segment has room for no doubled one: it changes its look a
	 * little, but nothing behind it is cut off. */
	text = repeat("đ", 69);
	text = realloc(text, strlen(text) + 2);
	assert_non_null(text);
	memmove(text + 1, text, strlen(text) + 1);
	text[0] = '~';
	assert_int_equal(segments_init(&s, text), 0);
	o = outgoing(&s, 0);
	encode(&o, &f);
	assert_int_equal(f.udl, 140);
	assert_memory_equal(f.text, "\x22\x3c\x01\x11", 4);
	assert_memory_equal(f.text + 138, "\x01\x11", 2);
	segments_clear(&s);
	free(text);
}

static void
test_fields(void **state)
{
	struct segments s;
	struct frame f;
	struct outgoing o;

	(void)state;
	assert_int_equal(segments_init(&s, "x"), 0);
	o = outgoing(&s, 0);
	encode(&o, &f);
	assert_int_equal(f.octets[layout.firstbyte], 0x11);
	assert_int_equal(f.octets[layout.TPMR], 77);
	assert_int_equal(f.octets[layout.TPVP], 11);
	assert_int_equal(f.octets[layout.TPPID], 0);
	assert_memory_equal(f.octets + layout.Number,
	    "\x0b\x91\x48\x19\x32\x54\x76\xf8", 8);
	assert_memory_equal(f.octets + layout.SMSCNumber,
	    "\x07\x91\x48\x89\x20\x00\x30\xf0", 8);
	o.report = o.reject_duplicates = true;
	encode(&o, &f);
	assert_int_equal(f.octets[layout.firstbyte], 0x35);
	segments_clear(&s);
}

static void
test_user_data_header(void **state)
{
	char *text = repeat("x", 400);
	struct segments s;
	struct frame f;

	(void)state;
	assert_int_equal(segments_init(&s, text), 0);
	for (unsigned i = 0; i < 3; i++) {
		struct outgoing o = outgoing(&s, i);
		uint8_t want[] = {5, 0, 3, 0xc7, 3, (uint8_t)(i + 1)};

		encode(&o, &f);
		assert_int_equal(f.octets[layout.firstbyte], 0x51);
		assert_memory_equal(f.text, want, sizeof(want));
	}
	segments_clear(&s);
	free(text);
}

/* What the octet says (3GPP TS 23.040 §9.2.3.12.1), in minutes. */
static int64_t
minutes_of(uint8_t octet)
{
	if (octet <= 143)
		return (octet + 1) * 5;
	if (octet <= 167)
		return 12 * 60 + (octet - 143) * 30;
	if (octet <= 196)
		return (octet - 166) * 24 * 60;
	return (octet - 192) * 7 * 24 * 60;
}

/* Never longer than asked (but for the least), and the next octet would
 * be. */
static void
test_validity(void **state)
{
	(void)state;
	for (int64_t m = 1; m < 500 * 24 * 60; m += m < 3000 ? 1 : 61) {
		uint8_t octet = pdu_validity(m * 60000);

		if (m < 10) {
			assert_int_equal(octet, 0);
			continue;
		}
		assert_true(minutes_of(octet) <= m);
		if (octet < 255)
			assert_true(minutes_of((uint8_t)(octet + 1)) > m);
	}
	assert_int_equal(pdu_validity(-5), 0);
	assert_int_equal(pdu_validity(INT64_MAX), 255);
}

static void
test_incoming_text(void **state)
{
	GSM_SMSMessage sms;
	char *text;

	(void)state;
	memset(&sms, 0, sizeof(sms));
	sms.Coding = SMS_Coding_Unicode_No_Compression;
	memcpy(sms.Text, "\x01\x11\0~\0~\0x", 8);
	text = pdu_text(&sms);
	assert_string_equal(text, "đ~x");
	free(text);
	sms.Coding = SMS_Coding_Default_No_Compression;
	memcpy(sms.Text, "\0~\0~\0x\0\0", 8);
	text = pdu_text(&sms);
	assert_string_equal(text, "~~x");
	free(text);
	sms.Coding = SMS_Coding_8bit;
	text = pdu_text(&sms);
	assert_string_equal(text, "");
	free(text);
}

static struct concat
concat_of(const char *header, size_t n)
{
	GSM_SMSMessage sms;

	memset(&sms, 0, sizeof(sms));
	sms.UDH.Type = UDH_UserUDH;
	sms.UDH.Length = (int)n;
	memcpy(sms.UDH.Text, header, n);
	return pdu_concat(&sms);
}

static void
test_incoming_headers(void **state)
{
	struct concat c;

	(void)state;
	c = concat_of("\x05\x00\x03\x2a\x03\x02", 6);
	assert_true(c.reference == 42 && c.parts == 3 && c.part == 2);
	c = concat_of("\x06\x08\x04\x01\x02\x03\x03", 7);
	assert_true(c.reference == 258 && c.parts == 3 && c.part == 3);
	/* Behind a port element. */
	c = concat_of("\x0b\x05\x04\x00\x01\x00\x02\x00\x03\x07\x02\x01", 12);
	assert_true(c.reference == 7 && c.parts == 2 && c.part == 1);
	/* Nonsense stands alone: part 0, part behind the last, cut short. */
	c = concat_of("\x05\x00\x03\x2a\x03\x00", 6);
	assert_true(c.parts == 1 && c.part == 1);
	c = concat_of("\x05\x00\x03\x2a\x03\x04", 6);
	assert_true(c.parts == 1 && c.part == 1);
	c = concat_of("\x05\x00\xff\x2a\x03\x02", 6);
	assert_true(c.parts == 1 && c.part == 1);
	c = concat_of("\xff\x00", 2);
	assert_true(c.parts == 1 && c.part == 1);
}

static void
test_time(void **state)
{
	GSM_DateTime t = {.Timezone = 7 * 3600, .Year = 2026, .Month = 11,
	    .Day = 22, .Hour = 9, .Minute = 30, .Second = 5};

	(void)state;
	assert_int_equal(pdu_time(&t), 1795314605000);
	t.Year = 0;
	assert_int_equal(pdu_time(&t), 0);
}

/* 3GPP TS 27.005: the centre's number, then the TPDU. */
static const char deliver[] =
    "\x07\x91\x48\x89\x20\x00\x30\xf0\x04\x0b\x91\x48\x19\x32\x54\x76"
    "\xf8\x00\x00\x62\x11\x22\x80\x00\x00\x82\x05\xc8\x32\x9b\xfd\x06";
#define FIRST	8
#define DIGITS	9
#define LENGTH	26
#define DELIVER (sizeof(deliver) - 1)

static GSM_SMSMessage
decoded(size_t at, uint8_t octet, size_t n)
{
	unsigned char pdu[256] = {0};
	GSM_SMSMessage sms;

	memcpy(pdu, deliver, DELIVER);
	pdu[at] = octet;
	assert_null(guard_decode(pdu, n, &sms));
	return sms;
}

static void
check_malformed(size_t at, uint8_t octet, size_t n)
{
	unsigned char pdu[256] = {0};
	GSM_SMSMessage sms;

	memcpy(pdu, deliver, DELIVER);
	pdu[at] = octet;
	assert_string_equal(guard_decode(pdu, n, &sms), "malformed");
}

/* Lengths that libgammu believes, and that no network may send. */
static void
test_malformed(void **state)
{
	GSM_SMSMessage sms = decoded(0, 7, DELIVER);
	char *text = pdu_text(&sms);

	(void)state;
	assert_string_equal(text, "Hello");
	free(text);
	check_malformed(DIGITS, 129, 200);	/* over its stack */
	check_malformed(DIGITS, 21, 200);
	check_malformed(LENGTH, 168, 200);	/* over its stack */
	check_malformed(LENGTH, 200, 200);
	check_malformed(0, 13, 200);
	check_malformed(FIRST, 0x44, DELIVER);	/* a header of 200 octets */
	check_malformed(FIRST, 0x07, DELIVER);	/* a reserved type */
	for (size_t n = 1; n < DELIVER; n++)
		check_malformed(0, 7, n);
}

/* A report may bring a text of its own (3GPP TS 23.040 §9.2.2.3), which
 * libgammu decodes as carelessly. */
static void
test_report_with_text(void **state)
{
	unsigned char pdu[180] = "\x00\x06\x2a\x0b\x91\x48\x19\x32\x54\x76"
	    "\xf8\x62\x11\x22\x80\x00\x00\x82\x62\x11\x22\x80\x00\x00"
	    "\x82\x46\x07\x00\x00\xac";
	GSM_SMSMessage sms;

	(void)state;
	assert_null(guard_decode(pdu, sizeof(pdu), &sms));
	assert_int_equal(sms.PDU, SMS_Status_Report);
	assert_int_equal(sms.MessageReference, 42);
	assert_int_equal(sms.DeliveryStatus, 0x46);
}

#define TYPE 10
#define DCS  18

/* What libgammu gives up on, and what it only needs help with. */
static void
test_unreadable(void **state)
{
	static const uint8_t reserved[] = {0x80, 0x9c, 0xbf, 0xf8, 0xfb};
	char head[GUARD_HEAD], *text;
	unsigned char pdu[DELIVER];
	GSM_SMSMessage sms;

	(void)state;
	memcpy(pdu, deliver, DELIVER);
	pdu[DCS] = 0x20; /* compressed */
	assert_string_equal(guard_decode(pdu, DELIVER, &sms),
	    "not_supported");
	assert_string_equal(guard_kind(pdu, DELIVER), "deliver");
	guard_head(pdu, DELIVER, head, sizeof(head));
	assert_string_equal(head, "040B91xxxxxxxxxxxx00206211228000008205");
	pdu[DCS] = 0;
	pdu[TYPE] = 0x11;
	assert_string_equal(guard_decode(pdu, DELIVER, &sms),
	    "not_supported");
	for (size_t i = 0; i < sizeof(reserved); i++) {
		sms = decoded(DCS, reserved[i], DELIVER);
		text = pdu_text(&sms);
		assert_string_equal(text, "Hello");
		free(text);
	}
	assert_string_equal(guard_kind(pdu, 0), "none");
	assert_string_equal(guard_kind(pdu, 8), "none");
	pdu[DIGITS] = 0;
	guard_head(pdu, DELIVER, head, sizeof(head));
	assert_string_equal(head, "040011");
	for (size_t n = 0; n <= 18; n++) {
		guard_head(pdu, n, head, sizeof(head));
		assert_null(strstr(head, "48"));
	}
}

/* 10.7: 8 bit texts that were typed, DCS 0x04 and 0xf4; the rest is no text. */
static void
test_octets(void **state)
{
	static const struct {
		const char *octets;
		size_t n;
		const char *want;
	} rows[] = {
		{"TC 2305150001", 13, "TC 2305150001"},
		{"TC\r\n1", 5, "TC\r\n1"},
		{"\xc4\x91\xc3\xba", 4, "\xc4\x91\xc3\xba"},
		{"\x01\x06\x26wap", 6, ""},
		{"TC\0x", 4, ""},
		{"\xff\xfe", 2, ""},
	};
	static const uint8_t schemes[] = {0x04, 0xf4};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		uint8_t pdu[DELIVER + 160];
		GSM_SMSMessage sms;
		char *text;

		memcpy(pdu, deliver, DELIVER);
		pdu[DCS] = schemes[i % 2];
		pdu[LENGTH] = (uint8_t)rows[i / 2].n;
		memcpy(pdu + LENGTH + 1, rows[i / 2].octets, rows[i / 2].n);
		assert_null(guard_decode(pdu, LENGTH + 1 + rows[i / 2].n,
		    &sms));
		text = pdu_text(&sms);
		assert_string_equal(text, rows[i / 2].want);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_gsm_alphabet),
		cmocka_unit_test(test_full_segments),
		cmocka_unit_test(test_tildes),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_user_data_header),
		cmocka_unit_test(test_validity),
		cmocka_unit_test(test_incoming_text),
		cmocka_unit_test(test_incoming_headers),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_report_with_text),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
