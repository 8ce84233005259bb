/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * 10.4: who calls, in the words of +CLIP and AT+CLCC.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/caller.h"

static void
test_clip(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{"+CLIP: \"+84912345678\",145,,,,0", "+84912345678"},
		{"+CLIP: \"84912345678\",145,\"\",,\"\",0", "+84912345678"},
		{"+CLIP: \"0912345678\",129", "0912345678"},
		{"+CLIP: \"0912345678\",161", "0912345678"},
		{"+CLIP: \"\",128,,,,1", ""},
		{"+CLIP: ,128", ""},
		{"+CLIP:0912345678,129", "0912345678"},
		{"+CLIP: \"002B00380034003900310032003300340035\",145",
		    "+84912345"},
		{"+CLIP: \"abc\",129", ""},
		{"+CLIP", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char out[64];

		caller_of_clip(rows[i].line, out, sizeof(out));
		assert_string_equal(out, rows[i].want);
	}
}

static void
test_clcc(void **state)
{
	static const struct {
		const char *lines, *want;
	} rows[] = {
		{"+CLCC: 1,1,4,0,0,\"+84912345678\",145", "+84912345678"},
		{"+CLCC: 1,1,4,0,0,\"84912345678\",145,\"\"", "+84912345678"},
		{"+CLCC: 1,1,5,0,0,\"0912345678\",129", "0912345678"},
		/* the data call of an LTE modem first */
		{"+CLCC: 1,0,0,1,0,\"\",128\n"
		    "+CLCC: 2,1,4,0,0,\"0912345678\",129", "0912345678"},
		{"+CLCC: 1,1,4,1,0,\"0912345678\",129", ""},
		{"+CLCC: 1,0,3,0,0,\"0912345678\",129", ""},
		{"+CLCC: 1,1,0,0,0,\"0912345678\",129", ""},
		{"+CLCC: 1,1,4,0,0", ""},
		{"+CLCC: 1,1,4,0,0,\"\",128", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char out[64];

		assert_int_equal(caller_of_clcc(rows[i].lines, out,
		    sizeof(out)), rows[i].want[0] != '\0');
		assert_string_equal(out, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clip),
		cmocka_unit_test(test_clcc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
