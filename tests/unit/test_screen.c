/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pages of USSD screens at their exact limits, and what was dialled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lookup/lookup.h"
#include "lookup/screen.h"

#define KEYS "0.Menu"

/* n times the same text. */
static char *
many(const char *what, size_t n)
{
	char *out = calloc(n, strlen(what) + 1);

	assert_non_null(out);
	while (n-- > 0)
		strcat(out, what);
	return out;
}

static void
fits(const char *what, size_t n, unsigned max)
{
	char *text = many(what, n), *more = many(what, n + 1);

	assert_true(screen_fits(text, max));
	assert_false(screen_fits(more, max));
	free(text);
	free(more);
}

static void
limits_of_transports(void **state)
{
	(void)state;
	fits("a", 182, 160);	/* TS 23.038 §6.1.2.3 */
	fits("ế", 80, 160);
	fits("a", 128, 112);	/* OsmoHLR */
	fits("ế", 56, 112);
	fits("[", 91, 160);	/* two septets each */
	fits("\xf0\x9f\x98\x80", 40, 160);	/* two UTF-16 units each */
}

/* How much of n times what goes on a page above KEYS. */
static size_t
cut(const char *what, size_t n, unsigned max)
{
	char *text = many(what, n);
	size_t at = screen_cut(text, KEYS, max);

	assert_int_equal(at % strlen(what), 0);
	free(text);
	return at / strlen(what);
}

static void
one_long_word(void **state)
{
	size_t keys = strlen("\n" KEYS);

	(void)state;
	assert_int_equal(cut("a", 500, 160), 182 - keys);
	assert_int_equal(cut("ế", 500, 160), 80 - keys);
	assert_int_equal(cut("a", 500, 112), 128 - keys);
	assert_int_equal(cut("ế", 500, 112), 56 - keys);
	assert_int_equal(cut("[", 500, 160), (182 - keys) / 2);
	assert_int_equal(cut("\xf0\x9f\x98\x80", 500, 160), (80 - keys) / 2);
	/* An "e" with a combining breve is never taken apart. */
	assert_int_equal(cut("e\xcc\x86", 500, 160), (80 - keys) / 2);
	/* What can't be shown at all makes progress nevertheless. */
	assert_int_equal(cut("ế", 3, 1), 1);
}

static void
between_words(void **state)
{
	static const char text[] = "một hai ba bốn năm sáu";
	size_t at = 0, pages = 0;
	char page[64];

	(void)state;
	while (text[at] != '\0') {
		size_t n = screen_cut(text + at, "k", 24);

		(void)snprintf(page, sizeof(page), "%.*s\nk", (int)n,
		    text + at);
		assert_true(screen_fits(page, 24));
		assert_true(text[at + n] == ' ' || text[at + n] == '\0');
		at = (size_t)(screen_skip(text + at + n) - text);
		pages++;
	}
	assert_int_equal(pages, 3);
}

static void
is_dialled(const char *code, const char *dialled, const char *want)
{
	char out[16];

	assert_int_equal(lookup_dialled(code, dialled, out, sizeof(out)),
	    want != NULL ? 0 : -1);
	if (want != NULL)
		assert_string_equal(out, want);
}

static void
service_codes(void **state)
{
	(void)state;
	is_dialled("*1022#", "*1022#", "");
	is_dialled("*1022#", "*1022*#", "");
	is_dialled("*1022#", "*1022*2305150001#", "2305150001");
	is_dialled("*1022#", "*1022*230515*1234#", "230515*1234");
	is_dialled("*10*2#", "*10*2*5#", "5");
	is_dialled("*1022#", "*10225#", NULL);
	is_dialled("*1022#", "*1022", NULL);
	is_dialled("*1022#", "*102#", NULL);
	is_dialled("*1022#", "", NULL);
	is_dialled("", "*1022#", NULL);
	is_dialled("*1022#", "*1022*123456789012345#", "123456789012345");
	is_dialled("*1022#", "*1022*1234567890123456#", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_of_transports),
		cmocka_unit_test(one_long_word),
		cmocka_unit_test(between_words),
		cmocka_unit_test(service_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
