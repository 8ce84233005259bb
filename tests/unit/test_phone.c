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
	expect_in("856", "020123456", PHONE_PREFIX, "");
	expect_in("856", "+012345678", PHONE_PREFIX, "");
	expect_in("856", "912345678", PHONE_PREFIX, "");
	expect_in("856", "LaoTel", PHONE_CHARACTER, "");
	expect_in("856", "", PHONE_EMPTY, "");
}

static void
test_services(void **state)
{
	(void)state;
	assert_true(phone_is_service(""));
	assert_true(phone_is_service("VIETTEL"));
	assert_true(phone_is_service("Bo TTTT 1022"));
	assert_true(phone_is_service("191"));
	assert_true(phone_is_service("19001234"));
	assert_true(phone_is_service("+1022"));
	assert_true(phone_is_service("*101#"));
	assert_false(phone_is_service("+84912345678"));
	assert_false(phone_is_service("0912345678"));
	assert_false(phone_is_service("841234567"));
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
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
