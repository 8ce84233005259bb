/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The simulator's AT lines and control words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/at.h"
#include "sim/words.h"

/* Feeds a string; returns the last event. */
static enum at_event
feed(struct at_reader *r, const char *bytes)
{
	enum at_event event = AT_NOTHING;

	for (; *bytes != '\0'; bytes++)
		event = at_reader_take(r, (uint8_t)*bytes);
	return event;
}

static void
reads_lines(void **state)
{
	struct at_reader r = {0};

	(void)state;
	assert_int_equal(feed(&r, "AT+CS"), AT_NOTHING);
	assert_int_equal(feed(&r, "Q\r"), AT_LINE);
	assert_string_equal(r.buf, "AT+CSQ");
	assert_int_equal(feed(&r, "\nATX\b\b\bATI\r"), AT_LINE);
	assert_string_equal(r.buf, "ATI");
	assert_int_equal(feed(&r, "garbage\033AT\r"), AT_LINE);
	assert_string_equal(r.buf, "AT");
}

static void
bounds_a_line(void **state)
{
	struct at_reader r = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_int_equal(at_reader_take(&r, 'A'), AT_NOTHING);
	assert_int_equal(at_reader_take(&r, '\r'), AT_LINE);
	assert_true(r.is_over);
	assert_true(strlen(r.buf) < AT_LINE_SIZE);
	assert_int_equal(feed(&r, "AT\r"), AT_LINE);
	assert_false(r.is_over);
}

static void
reads_a_pdu(void **state)
{
	struct at_reader r = {0};

	(void)state;
	at_reader_expect_pdu(&r);
	assert_int_equal(feed(&r, "0011\r\n22\032"), AT_PDU);
	assert_string_equal(r.buf, "001122");
	assert_int_equal(feed(&r, "AT\r"), AT_LINE);
	at_reader_expect_pdu(&r);
	assert_int_equal(feed(&r, "00\033"), AT_ESCAPE);
	assert_int_equal(feed(&r, "AT\r"), AT_LINE);
}

static void
parses_a_line_of_commands(void **state)
{
	const char *cursor = at_line_body(" atE1+cmee=1;+CREG?;+CUSD=1,\"a;b\""
	    ";+CMGS=?;&F0");
	struct at_command c;

	(void)state;
	assert_int_equal(at_next(&cursor, &c), AT_ARG_GIVEN);
	assert_string_equal(c.name, "E");
	assert_string_equal(c.args, "1");
	assert_int_equal(at_next(&cursor, &c), AT_ARG_GIVEN);
	assert_string_equal(c.name, "+CMEE");
	assert_int_equal(c.kind, AT_SET);
	assert_string_equal(c.args, "1");
	assert_int_equal(at_next(&cursor, &c), AT_ARG_GIVEN);
	assert_int_equal(c.kind, AT_READ);
	assert_int_equal(at_next(&cursor, &c), AT_ARG_GIVEN);
	assert_string_equal(c.args, "1,\"a;b\"");
	assert_int_equal(at_next(&cursor, &c), AT_ARG_GIVEN);
	assert_int_equal(c.kind, AT_TEST);
	assert_int_equal(at_next(&cursor, &c), AT_ARG_GIVEN);
	assert_string_equal(c.name, "&F");
	assert_int_equal(at_next(&cursor, &c), AT_ARG_NONE);
}

static void
refuses_bad_syntax(void **state)
{
	static const char *const bad[] = {
	    "AT+CUSD=1,\"open",
	    "AT+CREG?x",
	    "AT+AVERYLONGCOMMANDNAMEINDEED",
	    "AT!",
	};
	struct at_command c;

	(void)state;
	assert_null(at_line_body("hello"));
	assert_null(at_line_body(""));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *cursor = at_line_body(bad[i]);

		assert_int_equal(at_next(&cursor, &c), AT_ARG_BAD);
	}
}

static void
takes_arguments(void **state)
{
	const char *cursor = "2,,\"a,b\" , plain,7x";
	char text[8];
	int n = 9;

	(void)state;
	assert_int_equal(at_arg_int(&cursor, &n), AT_ARG_GIVEN);
	assert_int_equal(n, 2);
	assert_int_equal(at_arg_int(&cursor, &n), AT_ARG_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(at_arg_string(&cursor, text, sizeof(text)),
	    AT_ARG_GIVEN);
	assert_string_equal(text, "a,b");
	assert_int_equal(at_arg_string(&cursor, text, sizeof(text)),
	    AT_ARG_GIVEN);
	assert_string_equal(text, "plain");
	assert_int_equal(at_arg_int(&cursor, &n), AT_ARG_BAD);
	cursor = "\"too long for it\"";
	assert_int_equal(at_arg_string(&cursor, text, sizeof(text)),
	    AT_ARG_BAD);
	cursor = "99999999999999999999";
	assert_int_equal(at_arg_int(&cursor, &n), AT_ARG_BAD);
}

static void
splits_words_as_a_shell(void **state)
{
	struct words w;
	const char *error;
	char *quoted;

	(void)state;
	assert_int_equal(words_split("sms m1 'a \"b' parts=reversed "
	    "\"x\\\"y\\nz\" a\\ b", &w, &error), 0);
	assert_int_equal(w.n, 6);
	assert_string_equal(words_value(&w, "parts"), "reversed");
	assert_string_equal(words_next(&w), "sms");
	assert_string_equal(words_next(&w), "m1");
	assert_string_equal(words_next_text(&w), "a \"b");
	assert_string_equal(words_next_text(&w), "x\"y\nz");
	assert_string_equal(words_unused(&w), "a b");
	words_clear(&w);
	assert_int_equal(words_split("say 'open", &w, &error), -1);
	quoted = words_quote("a \"b\" \\ \n c=d");
	assert_int_equal(words_split(quoted, &w, &error), 0);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.word[0], "a \"b\" \\ \n c=d");
	words_clear(&w);
	free(quoted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(bounds_a_line),
		cmocka_unit_test(reads_a_pdu),
		cmocka_unit_test(parses_a_line_of_commands),
		cmocka_unit_test(refuses_bad_syntax),
		cmocka_unit_test(takes_arguments),
		cmocka_unit_test(splits_words_as_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
