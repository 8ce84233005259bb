/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text of +CUSD as modems write it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/worker.h"

static void
test_decode(void **state)
{
	static const struct {
		const char *text;
		int dcs;
		const char *want;
	} rows[] = {
		{"TK goc: 45.200d", 15, "TK goc: 45.200d"},
		{"", 15, ""},
		{"1", 15, "1"},
		{"12", 15, "12"},
		{"2305150001", 15, "2305150001"},
		/* AT+CSCS="UCS2", whatever the dcs */
		{"0031002E00530068", 15, "1.Sh"},
		{"00530064003A00200035", 0, "Sd: 5"},
		{"00531ED1", 72, "Số"},
		{"00531ED10020006401B0", 15, "Số dư"},
		/* packed septets, as Huawei's modems give them */
		{"AA180C3602", 15, "*100#"},
		{"C834", 0, "Hi"},
		{"D4F29C0E", 15, "Test"},
		/* no hexadecimal at all, or cut */
		{"ABCDEFG", 15, "ABCDEFG"},
		{"0031002", 15, "0031002"},
		{"abc\xff", 15, "abc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = ussd_decode(rows[i].text, rows[i].dcs);

		assert_string_equal(text, rows[i].want);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
