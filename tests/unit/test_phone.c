/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Telephone numbers as clerks, spreadsheets and telephones write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/phone.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void
expect_in(const char *country, const char *text, enum phone_verdict verdict,
    const char *e164)
{
	char out[PHONE_SIZE];
	enum phone_verdict got = phone_normalise(country, text, out);

	if (got != verdict || strcmp(out, e164) != 0)
		fail_msg("\"%s\": %s \"%s\", expected %s \"%s\"", text,
		    phone_verdict_name(got), out, phone_verdict_name(verdict),
		    e164);
}

static void
accepts(const char *text, const char *e164)
{
	expect_in("84", text, PHONE_OK, e164);
}

static void
refuses(const char *text, enum phone_verdict verdict)
{
	expect_in("84", text, verdict, "");
}

static void
test_forms(void **state)
{
	(void)state;
	accepts("84912345678", "+84912345678");
	accepts("+84912345678", "+84912345678");
	accepts("0084912345678", "+84912345678");
	accepts("+0084912345678", "+84912345678");
	accepts("0912345678", "+84912345678");
	accepts("912345678", "+84912345678");
	accepts("312345678", "+84312345678");
	accepts("512345678", "+84512345678");
	accepts("712345678", "+84712345678");
	accepts("812345678", "+84812345678");
	accepts("840912345678", "+84912345678");
	accepts("+84 (0) 912 345 678", "+84912345678");
	accepts("+0912345678", "+84912345678");
}

static void
test_lost_zero_beats_country_code(void **state)
{
	(void)state;
	accepts("841234567", "+84841234567");
	accepts("0841234567", "+84841234567");
	accepts("84841234567", "+84841234567");
	/* With a plus the 84 is the country's and two digits are lost. */
	refuses("+841234567", PHONE_LENGTH);
	refuses("00841234567", PHONE_LENGTH);
}

static void
test_separators(void **state)
{
	(void)state;
	accepts(" 0912 345 678 ", "+84912345678");
	accepts("0912.345.678", "+84912345678");
	accepts("0912-345-678", "+84912345678");
	accepts("(0912) 345678", "+84912345678");
	accepts("[0912]\t345678", "+84912345678");
	accepts("0912\u00a0345\u00a0678", "+84912345678");
	accepts("0912\u2013345\u2011678", "+84912345678");
	accepts("\u202a0912345678\u202c", "+84912345678");
	accepts("\ufeff0912\u200b345678", "+84912345678");
}

static void
test_migration(void **state)
{
	static const struct {
		const char *old, *now;
	} table[] = {
		{"0120", "70"}, {"0121", "79"}, {"0122", "77"},
		{"0126", "76"}, {"0128", "78"}, {"0123", "83"},
		{"0124", "84"}, {"0125", "85"}, {"0127", "81"},
		{"0129", "82"}, {"0162", "32"}, {"0163", "33"},
		{"0164", "34"}, {"0165", "35"}, {"0166", "36"},
		{"0167", "37"}, {"0168", "38"}, {"0169", "39"},
		{"0186", "56"}, {"0188", "58"}, {"0199", "59"},
	};
	char text[32], e164[32];
	unsigned in_table = 0;

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		snprintf(e164, sizeof(e164), "+84%s7654321", table[i].now);
		snprintf(text, sizeof(text), "%s7654321", table[i].old);
		accepts(text, e164);
		accepts(text + 1, e164);
		snprintf(text, sizeof(text), "+84%s7654321",
		    table[i].old + 1);
		accepts(text, e164);
		accepts(text + 1, e164);
		accepts(e164, e164);
	}
	/* Every other prefix of the old form is refused. */
	for (int prefix = 100; prefix < 200; prefix++) {
		char out[PHONE_SIZE];

		snprintf(text, sizeof(text), "0%d7654321", prefix);
		if (phone_normalise("84", text, out) == PHONE_OK)
			in_table++;
		else
			refuses(text, PHONE_MIGRATED);
	}
	assert_int_equal(in_table, N(table));
	refuses("01307654321", PHONE_MIGRATED);
	refuses("1307654321", PHONE_MIGRATED);
	refuses("841307654321", PHONE_MIGRATED);
}

static void
test_operator_prefixes(void **state)
{
	static const char *prefixes = "032 033 034 035 036 037 038 039 086 "
	    "096 097 098 081 082 083 084 085 088 091 094 070 076 077 078 079 "
	    "089 090 093 052 056 058 092 059 099 055 087";
	char text[16], e164[16];

	(void)state;
	for (const char *p = prefixes; *p != '\0'; p += p[3] ? 4 : 3) {
		snprintf(text, sizeof(text), "%.3s1234567", p);
		snprintf(e164, sizeof(e164), "+84%.2s1234567", p + 1);
		accepts(text, e164);
		accepts(text + 1, e164);
	}
}

static void
test_refusals(void **state)
{
	(void)state;
	refuses("", PHONE_EMPTY);
	refuses("  - ", PHONE_EMPTY);
	refuses("+", PHONE_CHARACTER);
	refuses("091234567a", PHONE_CHARACTER);
	refuses("0912345678/0987654321", PHONE_CHARACTER);
	refuses("0912+345678", PHONE_CHARACTER);
	refuses("++84912345678", PHONE_CHARACTER);
	refuses("9.12E+08", PHONE_CHARACTER);
	refuses("\xff" "0912345678", PHONE_CHARACTER);
	refuses("0912345678\n", PHONE_CHARACTER);
	refuses("091234567", PHONE_LENGTH);
	refuses("09123456789", PHONE_LENGTH);
	refuses("8491234567", PHONE_LENGTH);
	refuses("849123456789", PHONE_LENGTH);
	refuses("00912345678", PHONE_PREFIX);
	refuses("0912345678 0987654321", PHONE_LENGTH);
	refuses("0912345678091234567809123456780912345678", PHONE_LENGTH);
	refuses("0412345678", PHONE_PREFIX);
	refuses("0612345678", PHONE_PREFIX);
	refuses("84612345678", PHONE_PREFIX);
	refuses("0012345678901", PHONE_PREFIX);
	refuses("+33612345678", PHONE_PREFIX);
	refuses("+14155552671", PHONE_PREFIX);
	refuses("+376123456", PHONE_PREFIX);
}

static void
test_short_codes(void **state)
{
	(void)state;
	refuses("1", PHONE_SHORT);
	refuses("113", PHONE_SHORT);
	refuses("1022", PHONE_SHORT);
	refuses("+8491", PHONE_SHORT);
	refuses("19001234", PHONE_SHORT);
	refuses("91234567", PHONE_SHORT);
}

static void
test_fixed_lines(void **state)
{
	(void)state;
	refuses("02713000000", PHONE_FIXED);
	refuses("0271300000", PHONE_FIXED);
	refuses("+842713000000", PHONE_FIXED);
	refuses("84271300000", PHONE_FIXED);
	refuses("2713000000", PHONE_FIXED);
	refuses("+84(0)2713000000", PHONE_FIXED);
}

static void
test_other_countries(void **state)
{
	(void)state;
	expect_in("856", "+85620123456", PHONE_OK, "+85620123456");
	expect_in("856", "008562012345678", PHONE_OK, "+8562012345678");
	expect_in("856", "85620 123-456", PHONE_OK, "+85620123456");
	expect_in("856", "+84912345678", PHONE_OK, "+84912345678");
	expect_in("856", "+12345678", PHONE_OK, "+12345678");
	expect_in("856", "+123456789012345", PHONE_OK, "+123456789012345");
	expect_in("856", "+1234567", PHONE_SHORT, "");
	expect_in("856", "+1234567890123456", PHONE_LENGTH, "");
	expect_in("856", "020123456", PHONE_LENGTH, "");
	expect_in("856", "+012345678", PHONE_PREFIX, "");
	expect_in("856", "912345678", PHONE_PREFIX, "");
	expect_in("856", "LaoTel", PHONE_CHARACTER, "");
	expect_in("856", "", PHONE_EMPTY, "");
}

static void
test_from_network(void **state)
{
	static const char *const nobody[] = {"", "VIETTEL", "Bo TTTT 1022",
	    "191", "19001234", "1900545463", "+1022", "*101#", "+33612345678"};
	static const char *const same[] = {"+84912345678", "0912345678",
	    "912345678", "84912345678", "0084912345678", "+0912345678",
	    "840912345678"};
	char out[PHONE_SIZE];

	(void)state;
	for (size_t i = 0; i < N(nobody); i++) {
		assert_false(phone_from_network("84", nobody[i], out));
		assert_string_equal(out, "");
	}
	for (size_t i = 0; i < N(same); i++) {
		assert_true(phone_from_network("84", same[i], out));
		assert_string_equal(out, "+84912345678");
	}
	assert_true(phone_from_network("65", "91234567", out));
	assert_string_equal(out, "+6591234567");
	assert_true(phone_from_network("254", "0712345678", out));
	assert_string_equal(out, "+254712345678");
	assert_false(phone_from_network("254", "Safaricom", out));
	assert_false(phone_from_network("254", "22334", out));
}

/* 10.12: numbers that are no citizens', with reasons that fit. */
static void
test_10_12_vietnamese_reasons(void **state)
{
	static const char *const machines[] = {"0121012345", "0121312345",
	    "0140123456", "0160123456", "121012345", "+84121012345",
	    "84160123456", "840140123456", "+84 (0) 121 112 345"};
	static const char *const services[] = {"1900545463", "1800123456",
	    "1900 54 54 63", "+841900545463", "841800123456"};

	(void)state;
	for (size_t i = 0; i < N(machines); i++)
		refuses(machines[i], PHONE_MACHINE);
	for (size_t i = 0; i < N(services); i++)
		refuses(services[i], PHONE_SERVICE);
	refuses("000912345678", PHONE_LENGTH);
	refuses("00 0912 345 678", PHONE_LENGTH);
	refuses("0000912345678", PHONE_LENGTH);
	refuses("+000912345678", PHONE_LENGTH);
	refuses("0121412345", PHONE_PREFIX);	/* an old one, a digit lost */
	refuses("0150123456", PHONE_PREFIX);
	refuses("123456789", PHONE_PREFIX);
	accepts("01210123456", "+84790123456");	/* 11 digits: migrated */
	refuses("01401234567", PHONE_MIGRATED);
}

/* 10.12: each country's own trunk prefix and lengths. */
static void
test_10_12_other_plans(void **state)
{
	static const struct {
		const char *country, *text;
		enum phone_verdict verdict;
		const char *e164;
	} rows[] = {
		{"91", "9123456789", PHONE_OK, "+919123456789"},
		{"91", "09123456789", PHONE_OK, "+919123456789"},
		{"91", "919123456789", PHONE_OK, "+919123456789"},
		{"91", "+91 91234 56789", PHONE_OK, "+919123456789"},
		{"91", "+91 (0) 91234 56789", PHONE_OK, "+919123456789"},
		{"91", "0091 91234 56789", PHONE_OK, "+919123456789"},
		{"91", "91234567", PHONE_LENGTH, ""},
		{"91", "+919123456", PHONE_LENGTH, ""},
		{"39", "3912345678", PHONE_OK, "+393912345678"},
		{"39", "393912345678", PHONE_OK, "+393912345678"},
		{"39", "+39 391 234 5678", PHONE_OK, "+393912345678"},
		{"39", "391234567", PHONE_OK, "+39391234567"},
		{"39", "+39 06 1234 5678", PHONE_OK, "+390612345678"},
		{"254", "0712345678", PHONE_OK, "+254712345678"},
		{"254", "712345678", PHONE_OK, "+254712345678"},
		{"254", "254712345678", PHONE_OK, "+254712345678"},
		{"254", "2540712345678", PHONE_OK, "+254712345678"},
		{"254", "+254 (0) 712 345 678", PHONE_OK, "+254712345678"},
		{"254", "+2540712345678", PHONE_OK, "+254712345678"},
		{"254", "00254 0712 345678", PHONE_OK, "+254712345678"},
		{"254", "000712345678", PHONE_LENGTH, ""},
		{"254", "071234567", PHONE_LENGTH, ""},
		{"254", "0912345678", PHONE_PREFIX, ""},
		{"254", "22334", PHONE_SHORT, ""},
		{"44", "07911 123456", PHONE_OK, "+447911123456"},
		{"44", "+44 (0) 7911 123456", PHONE_OK, "+447911123456"},
		{"33", "06 12 34 56 78", PHONE_OK, "+33612345678"},
		{"33", "+33 (0)6 12 34 56 78", PHONE_OK, "+33612345678"},
		{"49", "0151 23456789", PHONE_OK, "+4915123456789"},
		{"49", "4915123456789", PHONE_OK, "+4915123456789"},
		{"7", "8 916 123-45-67", PHONE_OK, "+79161234567"},
		{"7", "79161234567", PHONE_OK, "+79161234567"},
		{"1", "(212) 555-1234", PHONE_OK, "+12125551234"},
		{"1", "1 212 555 1234", PHONE_OK, "+12125551234"},
		{"36", "06 30 123 4567", PHONE_OK, "+36301234567"},
		{"65", "9123 4567", PHONE_OK, "+6591234567"},
		{"65", "6591234567", PHONE_OK, "+6591234567"},
		{"47", "47 12 34 56", PHONE_OK, "+4747123456"},
		{"55", "55 98765-4321", PHONE_OK, "+5555987654321"},
		{"55", "5511987654321", PHONE_OK, "+5511987654321"},
		{"86", "138 1234 5678", PHONE_OK, "+8613812345678"},
		{"62", "0812-3456-789", PHONE_OK, "+628123456789"},
		{"66", "081 234 5678", PHONE_OK, "+66812345678"},
		{"63", "0917 123 4567", PHONE_OK, "+639171234567"},
		{"855", "012 345 678", PHONE_OK, "+85512345678"},
		{"856", "020 5512 3456", PHONE_OK, "+8562055123456"},
		{"880", "01712-345678", PHONE_OK, "+8801712345678"},
		{"234", "0803 123 4567", PHONE_OK, "+2348031234567"},
		{"255", "0712 345 678", PHONE_OK, "+255712345678"},
		{"233", "024 123 4567", PHONE_OK, "+233241234567"},
		{"225", "07 12 34 56 78", PHONE_OK, "+2250712345678"},
		{"225", "+225 07 12 34 56 78", PHONE_OK, "+2250712345678"},
		/* 0095 91…, or 095 … without its 0? */
		{"95", "9591234567", PHONE_AMBIGUOUS, ""},
		{"95", "+959 1234567", PHONE_OK, "+9591234567"},
		/* Another country's, as it would write it. */
		{"254", "+44 (0) 7911 123456", PHONE_OK, "+447911123456"},
		{"254", "+84 0912345678", PHONE_OK, "+84912345678"},
		{"254", "+39 06 1234 5678", PHONE_OK, "+390612345678"},
		/* No plan: only with + or 00. */
		{"999", "0712345678", PHONE_COUNTRY, ""},
		{"999", "999712345678", PHONE_COUNTRY, ""},
		{"999", "+999712345678", PHONE_OK, "+999712345678"},
		{"999", "00999712345678", PHONE_OK, "+999712345678"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		expect_in(rows[i].country, rows[i].text, rows[i].verdict,
		    rows[i].e164);
}

static void
masks(const char *phone, const char *shown)
{
	char buf[PHONE_SIZE];

	assert_string_equal(phone_mask(phone, buf), shown);
	assert_ptr_equal(phone_mask(phone, buf), buf);
}

static void
test_mask(void **state)
{
	(void)state;
	masks("+84901234567", "+8490*****67");
	masks("0901234567", "090*****67");
	masks("12345678", "1*****78");
	masks("1234567", "*******");
	masks("", "");
	masks("1", "*");
	masks("+254712345678", "+25471*****78");
	masks("+4915112345678", "+491511*****78");
	masks("+6591234567", "+659*****67");
	masks("+123456789012345", "+12345678*****45");
	masks("0901234567 0901234567", "09012************");
	masks("a\nb\x01" "345678", "a?b*****78");
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(phone_verdict_name(PHONE_OK), "ok");
	assert_string_equal(phone_verdict_name(PHONE_MIGRATED),
	    "phone_old_prefix");
}

static void
numbers_are_found_in_texts(void **state)
{
	static const char *const with[] = {"0912345678", "+84912345678",
	    "so 091 234 5678, hen", "{\"phone\":\"84912345678\"}",
	    "0912345679 0912345678", "0912345679/0912.345.678",
	    "+84912345679+84912345678", "912345678", "x0084912345678y"};
	static const char *const without[] = {"", "0912345679", "10912345678",
	    "09123456780", "0912 345", "+1912345678", "a9b1c2",
	    "1111111111111111111111111111111111111111111111111111 1"};

	(void)state;
	for (size_t i = 0; i < N(with); i++)
		if (!phone_is_in("84", with[i], "+84912345678"))
			fail_msg("not found in \"%s\"", with[i]);
	for (size_t i = 0; i < N(without); i++)
		if (phone_is_in("84", without[i], "+84912345678"))
			fail_msg("found in \"%s\"", without[i]);
	assert_true(phone_is_in("84", "01692345678", "+84392345678"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_found_in_texts),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_lost_zero_beats_country_code),
		cmocka_unit_test(test_separators),
		cmocka_unit_test(test_migration),
		cmocka_unit_test(test_operator_prefixes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_short_codes),
		cmocka_unit_test(test_fixed_lines),
		cmocka_unit_test(test_other_countries),
		cmocka_unit_test(test_from_network),
		cmocka_unit_test(test_10_12_vietnamese_reasons),
		cmocka_unit_test(test_10_12_other_plans),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
