/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people see of an answer: golden texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ctl/help.h"
#include "ctl/writer.h"
#include "ipc/commands.h"

static void
check(const char *json, bool has_colours, const char *expected)
{
	json_error_t error;
	json_t *value = json_loads(json, JSON_DECODE_ANY, &error);
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	assert_non_null(value);
	writer_text(to, value, has_colours);
	(void)fclose(to);
	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void
test_tables(void **state)
{
	(void)state;
	check("[]", false, "none\n");
	check("[{\"name\":\"viettel-1\",\"state\":\"ready\",\"sent\":7},"
	    "{\"name\":\"vina-1\",\"state\":\"unregistered\",\"sent\":1200}]",
	    false,
	    "name       state         sent\n"
	    "viettel-1  ready         7\n"
	    "vina-1     unregistered  1200\n");
	/* The first object names the columns; what lacks is a dash. */
	check("[{\"a\":1,\"b\":null},{\"b\":true,\"c\":3}]", false,
	    "a  b\n1  -\n-  yes\n");
	check("[{\"id\":\"1-0\",\"event\":{\"phone\":\"12\",\"x\":[1,2]}}]",
	    false, "id   event\n1-0  phone=12 x=1, 2\n");
}

static void
test_width(void **state)
{
	(void)state;
	/* Accents as own characters and as combining marks; wide ones. */
	check("[{\"n\":\"Bù Đốp\",\"k\":1},{\"n\":\"Bu\\u0300\",\"k\":2},"
	    "{\"n\":\"漢字\",\"k\":3}]", false,
	    "n       k\n"
	    "Bù Đốp  1\n"
	    "Bu\xcc\x80      2\n"
	    "漢字    3\n");
}

static void
test_objects(void **state)
{
	(void)state;
	/* 12.8: few words stand on one line, a dialogue below its name. */
	check("{\"lacks\":[\"reports\",\"calls\"],\"asked\":[\"> AT\",\"< OK\","
	    "\"> AT+CSQ\",\"< +CSQ: 20,99\",\"< OK\",\"> AT\",\"< OK\"]}",
	    false,
	    "lacks  reports, calls\n"
	    "asked\n"
	    "  > AT\n"
	    "  < OK\n"
	    "  > AT+CSQ\n"
	    "  < +CSQ: 20,99\n"
	    "  < OK\n"
	    "  > AT\n"
	    "  < OK\n");
	check("{\"name\":\"bu-dop-1\",\"up\":true,\"redis\":{\"state\":"
	    "\"up\",\"warnings\":[]},\"notes\":[\"a\",\"b\"],"
	    "\"pools\":[{\"pool\":\"south\",\"low\":0}],\"none\":{}}", false,
	    "name   bu-dop-1\n"
	    "up     yes\n"
	    "redis\n"
	    "  state     up\n"
	    "  warnings  -\n"
	    "notes  a, b\n"
	    "pools\n"
	    "  pool   low\n"
	    "  south  0\n"
	    "none   -\n");
	check("{}", false, "-\n");
	check("\"hello\"", false, "hello\n");
	check("42", false, "42\n");
	check("[1,\"two\"]", false, "1\ntwo\n");
}

static void
test_whole_text(void **state)
{
	(void)state;
	check("{\"config\":\"a = 1;\\n\\tb = 2;\\n\"}", false,
	    "a = 1;\n\tb = 2;\n");
	check("{\"config\":\"one\"}", false, "config  one\n");
}

static void
test_moments(void **state)
{
	(void)state;
	check("{\"sent_at\":1684137600250,\"at\":1684137600000,"
	    "\"attempt\":1684137600000,\"due_at\":null,\"final_at\":0}",
	    false,
	    "sent_at   2023-05-15T15:00:00.250+07:00\n"
	    "at        2023-05-15T15:00:00.000+07:00\n"
	    "attempt   1684137600000\n"
	    "due_at    -\n"
	    "final_at  0\n");
}

/* What came from outside can't steer the terminal. */
static void
test_harmless(void **state)
{
	(void)state;
	check("{\"a\":\"x\\u001b[31m\\ny\\u009bz\",\"b\":1}", false,
	    "a  x?[31m?y??z\nb  1\n");
	check("\"x\\u001b\\u007f\\n\"", false, "x??\n");
}

static void
test_colours(void **state)
{
	(void)state;
	check("[{\"a\":1,\"b\":2}]", true,
	    "\033[1ma\033[0m  \033[1mb\033[0m\n1  2\n");
	check("{\"a\":1}", true, "\033[1ma\033[0m  1\n");
}

/* Deep values end on one line instead of running off to the right. */
static void
test_deep(void **state)
{
	char text[4096] = "", expected_start[] = "a\n  a\n";
	json_t *value;
	char *out = NULL;
	size_t size;
	FILE *to;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, "{\"a\":");
	strcat(text, "1");
	for (int i = 0; i < 100; i++)
		strcat(text, "}");
	value = json_loads(text, 0, NULL);
	assert_non_null(value);
	to = open_memstream(&out, &size);
	assert_non_null(to);
	writer_text(to, value, false);
	(void)fclose(to);
	assert_memory_equal(out, expected_start, strlen(expected_start));
	assert_true(size < 2000);
	free(out);
	json_decref(value);
}

static void
test_json(void **state)
{
	json_t *value = json_loads("{\"b\":[],\"a\":\"ă\"}", 0, NULL);
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(to);
	writer_json(to, value);
	(void)fclose(to);
	assert_string_equal(text, "{\n  \"b\": [],\n  \"a\": \"ă\"\n}\n");
	free(text);
	json_decref(value);
}

static void
test_help(void **state)
{
	static const char *const words[] = {"template", "nothing"};
	char error[COMMAND_ERROR_SIZE], *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(to);
	assert_int_equal(help_command(to, words, 1, error), 0);
	assert_int_equal(help_command(to, words, 2, error), -1);
	assert_int_equal(help_command(to, words + 1, 1, error), -1);
	(void)fclose(to);
	assert_non_null(strstr(text, "baotinctl template check\n"));
	assert_non_null(strstr(text, "baotinctl template show [LANG"));
	assert_null(strstr(text, "rejected"));
	free(text);
	to = open_memstream(&text, &size);
	assert_non_null(to);
	help_usage(to);
	help_manual(to);
	(void)fclose(to);
	for (size_t i = 0; i < COMMAND_END; i++)
		assert_non_null(strstr(text, commands()[i].words));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_whole_text),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_help),
	};

	(void)setenv("TZ", "Asia/Ho_Chi_Minh", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
