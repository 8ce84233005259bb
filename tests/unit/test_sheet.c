/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Spreadsheets: quoting, separators, line ends, line numbers, bounds; each
 * case is read whole and octet by octet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "ctl/sheet.h"

struct seen {
	char text[4096];	/* "1:a|b\n", the line first; NUL as "\0" */
	size_t n;
	size_t rows, longest, most;
};

static void
put(struct seen *seen, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(seen->n + 3 < sizeof(seen->text));
		if (data[i] == '\0')
			seen->text[seen->n++] = '\\';
		seen->text[seen->n++] = data[i] == '\0' ? '0' : data[i];
	}
}

static bool
on_row(const struct sheet_row *row, void *arg)
{
	struct seen *seen = arg;
	char line[24];

	seen->rows++;
	if (row->n > seen->most)
		seen->most = row->n;
	(void)snprintf(line, sizeof(line), "%zu:", row->line);
	put(seen, line, strlen(line));
	for (size_t i = 0; i < row->n; i++) {
		size_t n = row->cells[i].length;

		assert_int_equal(row->cells[i].text[n], '\0');
		if (n > seen->longest)
			seen->longest = n;
		put(seen, i > 0 ? "|" : "", i > 0);
		put(seen, row->cells[i].text, n < 100 ? n : 100);
	}
	put(seen, "\n", 1);
	return true;
}

static const char *
read_in(const char *data, size_t n, size_t step, struct seen *seen,
    size_t *line)
{
	struct sheet *sheet = sheet_new(on_row, seen);
	const char *fault;
	bool goes_on = true;

	memset(seen, 0, sizeof(*seen));
	for (size_t i = 0; i < n && goes_on; i += step)
		goes_on = sheet_feed(sheet, data + i,
		    n - i < step ? n - i : step);
	if (goes_on)
		goes_on = sheet_end(sheet);
	fault = sheet_fault(sheet, line);
	assert_true(goes_on == (fault == NULL));
	assert_false(!goes_on && sheet_feed(sheet, "a\n", 2));
	sheet_free(sheet);
	return fault;
}

/* want: what on_row() makes of it; fault "quote@3": with its line. */
static void
check_n(const char *data, size_t n, const char *want, const char *fault)
{
	for (size_t step = 1; step <= n + 1; step += n > 0 ? n : 1) {
		struct seen seen;
		size_t line;
		const char *got = read_in(data, n, step, &seen, &line);
		char text[64] = "";

		if (got != NULL)
			(void)snprintf(text, sizeof(text), "%s@%zu", got,
			    line);
		assert_string_equal(seen.text, want);
		assert_string_equal(text, fault);
	}
}

static void
check(const char *data, const char *want, const char *fault)
{
	check_n(data, strlen(data), want, fault);
}

static void
test_plain(void **state)
{
	(void)state;
	check("", "", "");
	check("a", "1:a\n", "");
	check("a,b\n1,2\n", "1:a|b\n2:1|2\n", "");
	check("a,b\n1,2", "1:a|b\n2:1|2\n", "");
	check("a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n", "");
	check("a,b\r1,2\r", "1:a|b\n2:1|2\n", "");
	check("\n\r\n  \na,b\n\n \n1,\n,\n", "4:a|b\n7:1|\n8:|\n", "");
	check(" a , b c \n 1,\t2 \n", "1:a|b c\n2:1|2\n", "");
	check("a,b\n1\n1,2,3\n", "1:a|b\n2:1\n3:1|2|3\n", "");
}

static void
test_mark_and_separator(void **state)
{
	(void)state;
	check("\xef\xbb\xbf" "a,b\n1,2\n", "1:a|b\n2:1|2\n", "");
	check("\xef\xbb\xbf\"a\";b\n", "1:a|b\n", "");
	check("a;b\n1,5;2\n", "1:a|b\n2:1,5|2\n", "");
	check("a\tb\n1, 5\t2;\n\t2\n\t\n", "1:a|b\n2:1, 5|2;\n3:|2\n4:|\n",
	    "");
	check("\"a,b,c\";d\n1;2\n", "1:a,b,c|d\n2:1|2\n", "");
	check("a,b;c,d\n", "1:a|b;c|d\n", "");
	check("a\n1;2\n", "1:a\n2:1;2\n", "");
	check("sep=;\na;b,c\n", "2:a|b,c\n", "");
	check("\xef\xbb\xbfSEP=|\r\na|b,c\r\n", "2:a|b,c\n", "");
	check("a;b\nsep=,\n", "1:a|b\n2:sep=,\n", "");
	check("DANH SACH HO SO\n\nthang 11\na;b\n",
	    "1:DANH SACH HO SO\n3:thang 11\n4:a|b\n", "");
	check("DANH SACH;;\na;b;c\n", "1:DANH SACH||\n2:a|b|c\n", "");
	check("no end", "1:no end\n", "");
}

static void
test_quotes(void **state)
{
	(void)state;
	check("a,b\n\"x\",\"\"\n", "1:a|b\n2:x|\n", "");
	check("a,b\n\"x \"\"y\"\" z\",\"\"\"\"\n", "1:a|b\n2:x \"y\" z|\"\n",
	    "");
	check("a,b\n\"1,2\", \"3\" \n", "1:a|b\n2:1,2|3\n", "");
	check("a,b\n\" x \",2\n", "1:a|b\n2: x |2\n", "");
	check("a,b\n\"1\n2\",3\n4,5\n", "1:a|b\n2:1\n2|3\n4:4|5\n", "");
	check("a,b\r\n\"1\r\n\r\n2\",3\r\n4,5\r\n",
	    "1:a|b\n2:1\r\n\r\n2|3\n5:4|5\n", "");
	check("a,b\r\"1\r2\",3\r4,5\r", "1:a|b\n2:1\r2|3\n4:4|5\n", "");
	check("a\n\"x\"", "1:a\n2:x\n", "");
}

static void
test_faults(void **state)
{
	(void)state;
	check("a,b\n1,2\nx\"y,1\n3,4\n", "1:a|b\n2:1|2\n", "quote@3");
	check("a,b\n\"x\"y,1\n", "1:a|b\n", "quote@2");
	check("a,b\n\"x\n\ny\"z,1\n", "1:a|b\n", "quote@2");
	check("a,b\n\"open,1\nc,2\n", "1:a|b\n", "quote_open@2");
	check("a,b\n1,\"", "1:a|b\n", "quote_open@2");
	check("\"", "", "quote_open@1");
	check_n("\xff\xfe" "a\0\n\0", 6, "", "utf16@1");
	check_n("\xfe\xff\0a\0\n", 6, "", "utf16@1");
	check_n("a\0,\0\n\0", 6, "", "utf16@1");
}

static void
test_odd_octets(void **state)
{
	(void)state;
	check_n("a,b\n1\0002,\0\n\"\0\",\xff\x80\n", 16,
	    "1:a|b\n2:1\\02|\\0\n3:\\0|\xff\x80\n", "");
	check_n("a,b\nx\0", 6, "1:a|b\n2:x\\0\n", "");
}

/* A header and then a cell of n octets; its fault. */
static const char *
read_long(size_t n, bool is_quoted, struct seen *seen)
{
	char *data = xmalloc(n + 16);
	size_t used = 0, line;
	const char *fault;

	data[used++] = 'a';
	data[used++] = '\n';
	if (is_quoted)
		data[used++] = '"';
	memset(data + used, 'x', n);
	used += n;
	if (is_quoted)
		data[used++] = '"';
	data[used++] = '\n';
	fault = read_in(data, used, 65536, seen, &line);
	assert_int_equal(line, 2);
	free(data);
	return fault;
}

static void
test_long_cells(void **state)
{
	struct seen seen;

	(void)state;
	assert_null(read_long(SHEET_ROW_MAX - 1, false, &seen));
	assert_int_equal(seen.longest, SHEET_ROW_MAX - 1);
	assert_null(read_long(SHEET_ROW_MAX - 1, true, &seen));
	assert_string_equal(read_long(SHEET_ROW_MAX, false, &seen),
	    "row_too_long");
	assert_int_equal(seen.rows, 1);
	assert_string_equal(read_long((size_t)3 * SHEET_ROW_MAX, true, &seen),
	    "row_too_long");
}

/* One line of n times the same two octets. */
static const char *
read_line(const char *pair, size_t n, struct seen *seen)
{
	char *data = xmalloc(2 * n);
	const char *fault;
	size_t line;

	for (size_t i = 0; i < n; i++)
		memcpy(data + 2 * i, pair, 2);
	fault = read_in(data, 2 * n, 1000, seen, &line);
	free(data);
	return fault;
}

static void
test_long_lines(void **state)
{
	struct seen seen;

	(void)state;
	assert_null(read_line("x,", SHEET_CELLS_MAX - 1, &seen));
	assert_int_equal(seen.most, SHEET_CELLS_MAX);
	assert_string_equal(read_line("x,", SHEET_CELLS_MAX, &seen),
	    "too_many_cells");
	assert_int_equal(seen.rows, 0);
	assert_string_equal(read_line("xy", SHEET_ROW_MAX, &seen),
	    "row_too_long");
	assert_null(read_line("  ", SHEET_ROW_MAX / 4, &seen));
	assert_int_equal(seen.rows, 0);
}

static bool
first_only(const struct sheet_row *row, void *arg)
{
	(void)row;
	return ++*(int *)arg < 2;
}

static void
test_stop(void **state)
{
	int rows = 0;
	struct sheet *sheet = sheet_new(first_only, &rows);
	size_t line;

	(void)state;
	assert_false(sheet_feed(sheet, "a\nb\nc\nd\n", 8));
	assert_false(sheet_end(sheet));
	assert_int_equal(rows, 2);
	assert_null(sheet_fault(sheet, &line));
	sheet_free(sheet);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_mark_and_separator),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_odd_octets),
		cmocka_unit_test(test_long_cells),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
