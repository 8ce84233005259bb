/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Dossier codes and the words for statuses and channels.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "dossier/code.h"
#include "dossier/status.h"

#define N(a)   (sizeof(a) / sizeof(*(a)))
#define TEN    "ABCDEFGHIJ"
#define FIFTY  TEN TEN TEN TEN TEN
#define TEN_E  "ÊÊÊÊÊÊÊÊÊÊ"

static void
accepts(const char *text, const char *code)
{
	const char *reason = "-";
	char out[CODE_SIZE];

	if (code_normalise(text, out, &reason) != 0)
		fail_msg("\"%s\" was refused: %s", text, reason);
	assert_string_equal(out, code);
}

static void
refuses(const char *text, const char *word)
{
	const char *reason = "-";
	char out[CODE_SIZE] = "x";

	if (code_normalise(text, out, &reason) != -1)
		fail_msg("\"%s\" was taken", text);
	assert_string_equal(reason, word);
	assert_string_equal(out, "");
}

static void
test_normalise(void **state)
{
	(void)state;
	accepts("H15.50.05.13-261008-0975", "H15.50.05.13-261008-0975");
	accepts(" h10.45-230515-0001\t\n", "H10.45-230515-0001");
	accepts("\u00a0h10\ufeff", "H10");
	accepts("anything/goes_here", "ANYTHING/GOES_HERE");
	accepts("hồ-sơ-1", "Hồ-Sơ-1");
	accepts("1", "1");
	accepts(FIFTY, FIFTY);
	accepts("  " FIFTY "  ", FIFTY);
	accepts(TEN_E TEN_E TEN_E TEN_E TEN_E,
	    TEN_E TEN_E TEN_E TEN_E TEN_E);
	accepts("\U0001f600", "\U0001f600");
}

static void
test_refusals(void **state)
{
	(void)state;
	refuses("", "code_empty");
	refuses(" \t\n ", "code_empty");
	refuses(FIFTY "K", "code_long");
	refuses("H10 45", "code_character");
	refuses("H10\u00a045", "code_character");
	refuses("H10\n45", "code_character");
	refuses("H10\x01", "code_character");
	refuses("H10\x7f", "code_character");
	refuses("H10\xc2\x85X", "code_character");
	refuses("H10\u200b45", "code_character");
	refuses("H10\xff", "code_character");
	refuses("H10\xc3", "code_character");
	refuses("\xed\xa0\x80", "code_character");
}

static void
test_pattern(void **state)
{
	static const char *const known[] = {
		"H15.50.05.13-261008-0975", "000.00.14.H56-200203-0118",
		"000.00.12.H62-201105-0004", "H10.45-230515-0001",
		"H10-230515-0001", "G01.1.22.333.4-230515-0001",
		"H10.45-230515-123456", "H10.45-230515-1234567",
	};
	static const char *const unknown[] = {
		"", "H10", "H10.45-230515", "H10.45-230515-",
		"h10.45-230515-0001",
		"H10.45-230515-001", "H10.45-230515-12345678",
		"H10.45-23051-0001", "H10.45-2305155-0001",
		"H1.45-230515-0001", "H101.45-230515-0001",
		"H10.4567-230515-0001", "H10.-230515-0001",
		"H10.1.2.3.4.5-230515-0001", "000.00.14.H5-200203-0118",
		"00.00.14.H56-200203-0118", "000.00.14.H56.1-200203-0118",
		"H10.45-230515-0001X", "XH10.45-230515-0001",
		"H10.45_230515_0001", "H10.45-23O515-0001",
	};

	(void)state;
	for (size_t i = 0; i < N(known); i++)
		if (!code_is_known_pattern(known[i]))
			fail_msg("\"%s\" is not known", known[i]);
	for (size_t i = 0; i < N(unknown); i++)
		if (code_is_known_pattern(unknown[i]))
			fail_msg("\"%s\" is known", unknown[i]);
}

static void
test_prefix(void **state)
{
	(void)state;
	assert_true(code_has_prefix("H10.45-230515-0001", "H10"));
	assert_true(code_has_prefix("H10.45-230515-0001", "H10.45"));
	assert_true(code_has_prefix("H10.45-230515-0001", "h10.45"));
	assert_true(code_has_prefix("H10/45", "H10"));
	assert_true(code_has_prefix("H10_45", "H10"));
	assert_true(code_has_prefix("H10", "H10"));
	assert_false(code_has_prefix("H10.45-230515-0001", "H10.4"));
	assert_false(code_has_prefix("H105-230515-0001", "H10"));
	assert_false(code_has_prefix("H10.45-230515-0001", "H11"));
	assert_false(code_has_prefix("H10.45-230515-0001", ""));
	assert_false(code_has_prefix("H1", "H10"));
	assert_false(code_has_prefix("", "H10"));
}

static void
masks(const char *code, const char *shown)
{
	char buf[CODE_SIZE + 8];

	assert_string_equal(code_mask(code, buf, sizeof(buf)), shown);
}

static void
test_mask(void **state)
{
	char small[10], tiny[3];

	(void)state;
	masks("H10.45-230515-0001", "H10.45-230515-****");
	masks("H15.50.05.13-261008-0975123", "H15.50.05.13-261008-****");
	masks("12.345", "12.****");
	masks("A-B-", "A-****");
	masks("1234567890", "1234****");
	masks("1234", "****");
	masks("", "****");
	masks("ĐĐĐĐĐ", "ĐĐ****");
	assert_string_equal(
	    code_mask("H10.45-230515-0001", small, sizeof(small)),
	    "H10.4****");
	assert_true(strlen(code_mask("H10-1", tiny, sizeof(tiny))) < 3);
}

static void
test_words(void **state)
{
	static const char *const words[] = {"registered", "received",
	    "refused", "processing", "supplement", "payment", "withdrawn",
	    "stopped", "ready", "returned", "late"};
	static const char *const bad[] = {"", "0", "11", "09", "12", "-1",
	    "Ready", "ready ", "9.0", "done"};
	enum situation situation;
	enum channel channel;
	char number[8];

	(void)state;
	for (size_t i = 0; i < N(words); i++) {
		assert_int_equal(situation_parse(words[i], &situation), 0);
		assert_int_equal(situation, i + 1);
		assert_string_equal(situation_name(situation), words[i]);
		if (situation == SITUATION_LATE)
			continue;
		snprintf(number, sizeof(number), "%zu", i + 1);
		assert_int_equal(situation_parse(number, &situation), 0);
		assert_int_equal(situation, i + 1);
	}
	for (size_t i = 0; i < N(bad); i++)
		assert_int_equal(situation_parse(bad[i], &situation), -1);
	assert_int_equal(channel_parse("direct", &channel), 0);
	assert_int_equal(channel, CHANNEL_DIRECT);
	assert_int_equal(channel_parse("online", &channel), 0);
	assert_int_equal(channel_parse("postal", &channel), 0);
	assert_string_equal(channel_name(channel), "postal");
	assert_int_equal(channel_parse("", &channel), -1);
	assert_int_equal(channel_parse("1", &channel), -1);
}

static void
reads(const char *text, const char *key, const char *digits)
{
	struct code_typed typed;

	code_read_typed(text, &typed);
	assert_string_equal(typed.key, key);
	assert_string_equal(typed.digits, digits);
	assert_true(*key == '\0' || typed.is_digits ==
	    (strcmp(key, digits) == 0));
}

/* What citizens type: any separator or none, O for zero. */
static void
test_typed(void **state)
{
	static const char key[] = "H10452305150001";
	static const char digits[] = "10452305150001";

	(void)state;
	reads("H10.45-230515-0001", key, digits);
	reads("h10 45 230515 0001", key, digits);
	reads("H10_45_230515_0001", key, digits);
	reads("H10452305150001", key, digits);
	reads(" H1o.45-23O515-OOO1 ", key, digits);
	reads("10452305150001", digits, digits);
	reads("0001", "0001", "0001");
	reads("OOO.OO.14.H56-200203-0118", "0000014H562002030118",
	    "0000014562002030118");
	reads("", "", "");
	reads("Đ10.45", "", "");
	reads("12;34", "", "");
	reads(FIFTY, FIFTY, "");
	reads(FIFTY "A", "", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
