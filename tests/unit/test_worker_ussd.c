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
		/* four digits of an ID, and a year: numbers, no characters */
		{"0000", 15, "0000"},
		{"0031", 15, "0031"},
		{"0123", 15, "0123"},
		{"2012", 15, "2012"},
		{"00310032", 15, "12"},
		{"0031", 72, "1"},
		/* AT+CSCS="UCS2", whatever the dcs */
		{"0031002E00530068", 15, "1.Sh"},
		{"00530064003A00200035", 0, "Sd: 5"},
		{"00531ED1", 72, "Số"},
		{"00531ED10020006401B0", 15, "Số dư"},
		/* packed septets, as Huawei's modems give them */
		{"AA180C3602", 15, "*100#"},
		{"C834", 0, "Hi"},
		{"D4F29C0E", 15, "Test"},
		/* 10.7: 8 bit data in hexadecimal: DCS 68, 244 */
		{"544B3A203435", 68, "TK: 45"},
		{"544B3A203435", 244, "TK: 45"},
		{"31323334", 68, "1234"},
		{"544b3a203435", 68, "TK: 45"},
		{"53E1", 68, "S\xc3\xa1"},
		{"53C3A1", 68, "S\xc3\xa1"},
		/* octets under a scheme that says GSM-7, and the reverse */
		{"54616920" "6B686F616E", 15, "Tai khoan"},
		{"D4F29C0E", 240, "Test"},
		{"D4F29C0E", 17, "\xed\x93\xb2\xe9\xb0\x8e"},
		{"00540065", 17, "Te"},
		{"CC7400540065", 17, "Te"},
		{"00540065", 0x98, "Te"},
		{"TK: 45", 68, "TK: 45"},
		{"TK: 45", 17, "TK: 45"},
		{"TK: 45", 72, "TK: 45"},
		/* a language in front */
		{"vi\rTK", 16, "TK"},
		{"TK", 16, "TK"},
		/* the numbers of the GSM alphabet itself */
		{"5\x02 a\x11" "b", 15, "5$ a_b"},
		{"\x1b\x65" "5", 15, "\xe2\x82\xac" "5"},
		{"1. So du\n2. Tin", 15, "1. So du\n2. Tin"},
		/* words of the letters A to F */
		{"CAFE", 15, "CAFE"},
		/* no hexadecimal at all, or cut */
		{"ABCDEFG", 15, "ABCDEFG"},
		{"0031002", 15, "0031002"},
		{"abc\xff", 15, "abc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = ussd_decode(rows[i].text, rows[i].dcs,
		    false);

		assert_string_equal(text, rows[i].want);
		free(text);
	}
}

static void
test_number_under_ucs2(void **state)
{
	char *text = ussd_decode("0031", 15, true);

	(void)state;
	assert_string_equal(text, "1");
	free(text);
	text = ussd_decode("1234", 15, true);
	assert_string_equal(text, "1234");
	free(text);
}

/* 10.7: quotes or none, line ends inside, any blanks. */
static void
test_lines(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *want;
	} rows[] = {
		{"+CUSD: 0,\"TK goc: 45.200d\",15", 0, "TK goc: 45.200d"},
		{"+CUSD: 1,\"1. So du\n2. Goi\",15", 1, "1. So du\n2. Goi"},
		{"+CUSD: 0,D4F29C0E", 0, "Test"},
		{"+CUSD: 0,D4F29C0E,15", 0, "Test"},
		{"+CUSD: 0,D4F29C0E,", 0, "Test"},
		{"+CUSD:0,D4F29C0E", 0, "Test"},
		{"+CUSD: 0, \"D4F29C0E\", 15", 0, "Test"},
		{"+CUSD: 0,\"544B3A203435\",68", 0, "TK: 45"},
		{"+CUSD: 0,TK goc: 45.200d, con 3 ngay", 0,
		    "TK goc: 45.200d, con 3 ngay"},
		{"+CUSD: 0,\"a \"b\" c\",15", 0, "a \"b\" c"},
		{"+CUSD: 0,\"a, b\"", 0, "a, b"},
		{"+CUSD: 0,\"open", 0, "open"},
		{"+CUSD: 2", 2, ""},
		{"+CUSD: 4,\"\",0", 4, ""},
		{"+CUSD: 9,\"x\"", 0, "x"},
		{"+CUSD", 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status;
		char *text = ussd_read(rows[i].line, false, &status);

		assert_string_equal(text, rows[i].want);
		assert_int_equal(status, rows[i].status);
		free(text);
	}
	assert_true(ussd_is_open("+CUSD: 1,\"1. So du"));
	assert_true(ussd_is_open("+CUSD: 1,\"He said \"yes\" and"));
	assert_false(ussd_is_open("+CUSD: 1,\"1. So du\",15"));
	assert_false(ussd_is_open("+CUSD: 1,\"1. So du\""));
	assert_false(ussd_is_open("+CUSD: 0,D4F29C0E"));
	assert_false(ussd_is_open("+CUSD: 2"));
}

static void
test_dialled(void **state)
{
	char *text = ussd_pack("*100#");

	(void)state;
	assert_string_equal(text, "AA180C3602");
	free(text);
	text = ussd_pack("1234567");	/* seven: CR fills up */
	assert_string_equal(text, "31D98C56B3DD1A");
	free(text);
	text = ussd_ucs2("*1#");
	assert_string_equal(text, "002A00310023");
	free(text);
}

/* A control character is lost in a command line; "@" is another number in
 * GSM-7. */
static void
test_typed_as_it_is(void **state)
{
	char *flat;

	(void)state;
	assert_true(ussd_is_plain("*1022*10452305150001#"));
	assert_true(ussd_is_plain("Khong tim thay. Ma 1/2: (0)?"));
	for (const char *const *text = (const char *const[]){"1.Ho so\n2.Ma",
	    "a\rb", "\"1\"", "a@b", "$5", "a_b", "[1]", "kh\u00f4ng", "\x1b",
	    NULL}; *text != NULL; text++)
		assert_false(ussd_is_plain(*text));
	flat = ussd_flat("1.\"A\"\n2");
	assert_string_equal(flat, "1. A  2");
	free(flat);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_number_under_ucs2),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_dialled),
		cmocka_unit_test(test_typed_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
