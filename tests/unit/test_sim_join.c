/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Parts to whole texts in the simulated phones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/join.h"

#define FROM "+84900000001"

static struct payload
part(int ref, unsigned number, unsigned parts, const char *ascii)
{
	struct payload p = {
		.alphabet = ALPHABET_GSM7,
		.ref = ref,
		.part = number,
		.parts = parts,
		.n = strlen(ascii),
	};

	memcpy(p.data, ascii, p.n);
	return p;
}

/* expected: NULL while parts are missing. */
static void
take(struct joiner *joiner, const char *from, unsigned mr, struct payload p,
    const char *expected, bool is_duplicate, bool is_again)
{
	struct joined joined;

	joiner_take(joiner, from, mr, &p, &joined);
	if (expected == NULL)
		assert_null(joined.text);
	else
		assert_string_equal(joined.text, expected);
	assert_int_equal(joined.is_duplicate, is_duplicate);
	assert_int_equal(joined.is_again, is_again);
	free(joined.text);
}

static void
joins_in_any_order(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	take(j, FROM, 1, part(9, 3, 3, "c"), NULL, false, false);
	take(j, FROM, 2, part(9, 1, 3, "a"), NULL, false, false);
	take(j, FROM, 3, part(9, 2, 3, "b"), "abc", false, false);
	joiner_free(j);
}

static void
keeps_senders_and_references_apart(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	take(j, FROM, 1, part(1, 1, 2, "a"), NULL, false, false);
	take(j, FROM, 1, part(2, 1, 2, "x"), NULL, false, false);
	take(j, "+84900000002", 1, part(1, 2, 2, "?"), NULL, false, false);
	take(j, FROM, 1, part(2, 2, 2, "y"), "xy", false, false);
	take(j, FROM, 1, part(1, 2, 2, "b"), "ab", false, false);
	joiner_free(j);
}

static void
knows_a_part_sent_again(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	take(j, FROM, 1, part(5, 1, 2, "a"), NULL, false, false);
	take(j, FROM, 1, part(5, 1, 2, "a"), NULL, true, false);
	take(j, FROM, 2, part(5, 2, 2, "b"), "ab", false, false);
	/* After it was whole. */
	take(j, FROM, 2, part(5, 2, 2, "b"), NULL, true, false);
	joiner_free(j);
}

static void
knows_a_whole_text_sent_again(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	take(j, FROM, 1, part(5, 1, 2, "a"), NULL, false, false);
	take(j, FROM, 2, part(5, 2, 2, "b"), "ab", false, false);
	take(j, FROM, 1, part(5, 1, 2, "a"), NULL, true, false);
	take(j, FROM, 2, part(5, 2, 2, "b"), "ab", true, true);
	joiner_free(j);
}

static void
a_reference_that_came_round_loses_nothing(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	take(j, FROM, 1, part(5, 1, 2, "same "), NULL, false, false);
	take(j, FROM, 2, part(5, 2, 2, "one"), "same one", false, false);
	take(j, FROM, 3, part(5, 1, 2, "same "), NULL, true, false);
	take(j, FROM, 4, part(5, 2, 2, "two"), "same two", false, false);
	joiner_free(j);
}

static void
single_ones_repeat_by_tp_mr(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	take(j, FROM, 1, part(-1, 1, 1, "hi"), "hi", false, false);
	take(j, FROM, 2, part(-1, 1, 1, "hi"), "hi", false, false);
	take(j, FROM, 2, part(-1, 1, 1, "hi"), "hi", true, true);
	take(j, FROM, 2, part(-1, 1, 1, "ho"), "ho", false, false);
	joiner_free(j);
}

static void
a_character_cut_in_two_is_whole_again(void **state)
{
	struct joiner *j = joiner_new();
	struct payload high = {
		.alphabet = ALPHABET_UCS2,
		.ref = 1,
		.part = 1,
		.parts = 2,
		.data = {0xd8, 0x3d},
		.n = 2,
	}, low = high;

	(void)state;
	low.part = 2;
	low.data[0] = 0xde;
	low.data[1] = 0x00;
	take(j, FROM, 1, high, NULL, false, false);
	take(j, FROM, 1, low, "😀", false, false);
	joiner_free(j);
}

static void
memory_is_bounded(void **state)
{
	struct joiner *j = joiner_new();

	(void)state;
	for (int i = 0; i < 5000; i++)
		take(j, FROM, 1, part(i & 0xffff, 1, 2, "a"), NULL, false,
		    false);
	take(j, FROM, 1, part(4999, 2, 2, "b"), "ab", false, false);
	take(j, FROM, 1, part(0, 2, 2, "b"), NULL, false, false);
	joiner_free(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_in_any_order),
		cmocka_unit_test(keeps_senders_and_references_apart),
		cmocka_unit_test(knows_a_part_sent_again),
		cmocka_unit_test(knows_a_whole_text_sent_again),
		cmocka_unit_test(a_reference_that_came_round_loses_nothing),
		cmocka_unit_test(single_ones_repeat_by_tp_mr),
		cmocka_unit_test(a_character_cut_in_two_is_whole_again),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
