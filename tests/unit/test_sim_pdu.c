/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The simulator's TPDUs and user data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sim/octets.h"
#include "sim/pdu.h"

/* "hi" to +84912345678, TP-MR 5, report wanted, validity 24 hours. */
#define HI "31050B914819325476F80000A702E834"

static int
decode(const char *hex, struct submit *out)
{
	uint8_t tpdu[PDU_SIZE];
	int n = hex_decode(hex, tpdu, sizeof(tpdu));

	assert_true(n > 0);
	return submit_decode(tpdu, (size_t)n, out);
}

static void
assert_text(const struct payload *p, const char *expected)
{
	char *text = payload_text(p->alphabet, p->data, p->n);

	assert_string_equal(text, expected);
	free(text);
}

static void
reads_a_submit(void **state)
{
	struct submit s;

	(void)state;
	assert_int_equal(decode(HI, &s), 0);
	assert_string_equal(s.to, "+84912345678");
	assert_int_equal(s.mr, 5);
	assert_true(s.has_srr);
	assert_false(s.has_rd);
	assert_int_equal(s.vp, 0xa7);
	assert_int_equal(submit_validity_s(s.vp), 24 * 3600);
	assert_int_equal(s.payload.alphabet, ALPHABET_GSM7);
	assert_int_equal(s.payload.ref, -1);
	assert_text(&s.payload, "hi");
}

static void
reads_flags_and_absent_fields(void **state)
{
	struct submit s;

	(void)state;
	/* TP-RD, no TP-VP, a national number, class 0 in DCS F0. */
	assert_int_equal(decode("0507048119F000F002E834", &s), -1);
	assert_int_equal(decode("050704811900" "00F002E834", &s), 0);
	assert_true(s.has_rd);
	assert_false(s.has_srr);
	assert_int_equal(s.vp, -1);
	assert_string_equal(s.to, "9100");
	assert_text(&s.payload, "hi");
}

static void
reads_parts_of_both_widths(void **state)
{
	struct submit s;

	(void)state;
	/* UCS-2 "Đ", 8-bit reference C3, part 2 of 3. */
	assert_int_equal(decode("41000B914819325476F80008"
				"08" "050003C30302" "0110", &s), 0);
	assert_int_equal(s.payload.ref, 0xc3);
	assert_int_equal(s.payload.part, 2);
	assert_int_equal(s.payload.parts, 3);
	assert_text(&s.payload, "Đ");
	/* 16-bit reference 1234, part 1 of 2, after another element; the same
	 * with that element reaching over the end. */
	assert_int_equal(decode("41000B914819325476F80008"
				"0C" "09" "7001AA" "0804" "12340201" "00E0",
		&s), 0);
	assert_true(s.payload.has_ref16);
	assert_int_equal(s.payload.ref, 0x1234);
	assert_text(&s.payload, "à");
	assert_int_equal(decode("41000B914819325476F80008"
				"0C" "09" "7008AA" "0804" "12340201" "00E0",
		&s), -1);
}

static void
septets_follow_the_header_on_a_boundary(void **state)
{
	struct payload in = {
		.alphabet = ALPHABET_GSM7,
		.ref = 7,
		.part = 1,
		.parts = 2,
		.data = {'h', 'e', 'l', 'l', 'o'},
		.n = 5,
	}, out;
	uint8_t ud[141];
	size_t n;

	(void)state;
	n = payload_encode(&in, ud);
	assert_int_equal(ud[0], 7 + 5);
	assert_int_equal(n, 1 + 6 + 5);
	assert_int_equal(payload_decode(ALPHABET_GSM7, true, ud, n, &out), 0);
	assert_int_equal(out.ref, 7);
	assert_text(&out, "hello");
}

static void
refuses_every_cut_submit(void **state)
{
	uint8_t tpdu[PDU_SIZE];
	struct submit s;
	int n = hex_decode(HI, tpdu, sizeof(tpdu));

	(void)state;
	for (int i = 0; i < n; i++) {
		/* In memory of its own, so that ASan sees a step too far. */
		uint8_t *cut = xmalloc((size_t)i + 1);

		memcpy(cut, tpdu, (size_t)i);
		assert_int_equal(submit_decode(cut, (size_t)i, &s), -1);
		free(cut);
	}
	tpdu[n] = 0;
	assert_int_equal(submit_decode(tpdu, (size_t)n + 1, &s), -1);
}

static void
refuses_bad_lengths(void **state)
{
	struct submit s;

	(void)state;
	/* A DELIVER; no digits; 21 digits; a header longer than the data. */
	assert_int_equal(decode("00050B914819325476F80000A702E834", &s), -1);
	assert_int_equal(decode("31050091" "0000A702E834", &s), -1);
	assert_int_equal(decode("310515911111111111111111111111"
				"0000A702E834", &s), -1);
	assert_int_equal(decode("71050B914819325476F80008A70409000361", &s),
	    -1);
}

static void
writes_deliver_and_report(void **state)
{
	struct payload p = {
		.alphabet = ALPHABET_UCS2,
		.ref = -1,
		.part = 1,
		.parts = 1,
		.data = {0x1e, 0xa1},
		.n = 2,
	};
	struct status_report report = {
		.mr = 200,
		.status = 48,
		.to = "+84912345678",
		.sent_at_ms = 1795323600000, /* 2026-11-22 05:00:00 UTC */
		.done_at_ms = 1795323605000,
	};
	uint8_t tpdu[PDU_SIZE];
	char hex[2 * PDU_SIZE + 1];

	(void)state;
	(void)setenv("TZ", "Asia/Ho_Chi_Minh", 1);
	hex_encode(tpdu, deliver_encode("+84912345678", report.sent_at_ms, &p,
	    tpdu), hex);
	assert_string_equal(hex, "040B914819325476F8" "0008" "62112221000082"
				 "02" "1EA1");
	hex_encode(tpdu, deliver_encode("191", report.sent_at_ms, &p, tpdu),
	    hex);
	assert_string_equal(hex, "04" "038191F1" "0008" "62112221000082"
				 "02" "1EA1");
	/* A name: 7 septets are 49 bits, 13 semi-octets. */
	hex_encode(tpdu, deliver_encode("VIETTEL", report.sent_at_ms, &p,
	    tpdu), hex);
	assert_memory_equal(hex, "040DD0" "D664914A2D3201", 20);
	hex_encode(tpdu, report_encode(&report, tpdu), hex);
	assert_string_equal(hex, "06C8" "0B914819325476F8" "62112221000082"
				 "62112221005082" "30");
}

static void
splits_and_never_cuts_a_character(void **state)
{
	struct payload *parts;
	char text[700];
	int n;

	(void)state;
	assert_int_equal(payload_split("", 1, 10, &parts), 1);
	free(parts);
	memset(text, 'a', sizeof(text));
	text[160] = '\0';
	assert_int_equal(payload_split(text, 1, 10, &parts), 1);
	assert_int_equal(parts[0].ref, -1);
	free(parts);
	(void)strcpy(text + 152, "{bcdefghijk");
	n = payload_split(text, 9, 10, &parts);
	assert_int_equal(n, 2);
	assert_int_equal(parts[0].n, 152);
	assert_int_equal(parts[1].part, 2);
	assert_int_equal(parts[1].ref, 9);
	free(parts);
	/* An emoji would straddle the 67th unit. */
	text[0] = '\0';
	for (int i = 0; i < 66; i++)
		(void)strcat(text, "ạ");
	(void)strcat(text, "😀ạạạạạ");
	assert_int_equal(payload_split(text, 9, 10, &parts), 2);
	assert_int_equal(parts[0].n, 132);
	free(parts);
	assert_int_equal(payload_split(text, 9, 1, &parts), -1);
}

static void
knows_alphabets(void **state)
{
	(void)state;
	assert_int_equal(alphabet_of_dcs(0x00), ALPHABET_GSM7);
	assert_int_equal(alphabet_of_dcs(0x08), ALPHABET_UCS2);
	assert_int_equal(alphabet_of_dcs(0x18), ALPHABET_UCS2);
	assert_int_equal(alphabet_of_dcs(0x04), ALPHABET_8BIT);
	assert_int_equal(alphabet_of_dcs(0xf0), ALPHABET_GSM7);
	assert_int_equal(alphabet_of_dcs(0xf5), ALPHABET_8BIT);
	assert_int_equal(alphabet_of_dcs(0xe0), ALPHABET_UCS2);
	assert_int_equal(alphabet_of_dcs(0xd0), ALPHABET_GSM7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_submit),
		cmocka_unit_test(reads_flags_and_absent_fields),
		cmocka_unit_test(reads_parts_of_both_widths),
		cmocka_unit_test(septets_follow_the_header_on_a_boundary),
		cmocka_unit_test(refuses_every_cut_submit),
		cmocka_unit_test(refuses_bad_lengths),
		cmocka_unit_test(writes_deliver_and_report),
		cmocka_unit_test(splits_and_never_cuts_a_character),
		cmocka_unit_test(knows_alphabets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
