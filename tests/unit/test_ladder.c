/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * 12.3: the ladder and its caps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "modem/ladder.h"

#define MINUTE INT64_C(60000)

/* Fails every 10 s from `from` on, for so many minutes; the resets. */
static unsigned
fail_for(struct ladder *ladder, int64_t from, int minutes,
    enum ladder_step *last)
{
	unsigned resets = 0;

	for (int64_t t = from; t < from + minutes * MINUTE; t += 10000) {
		enum ladder_step step = ladder_failed(ladder, t);

		if (step == LADDER_WORKER)
			continue;
		*last = step;
		resets++;
	}
	return resets;
}

static void
issue12_3_rung_by_rung(void **state)
{
	struct ladder ladder = {0};

	(void)state;
	assert_int_equal(ladder_failed(&ladder, 1), LADDER_WORKER);
	assert_int_equal(ladder_failed(&ladder, 2), LADDER_WORKER);
	assert_int_equal(ladder_failed(&ladder, 3), LADDER_SOFT);
	for (int i = 0; i < 20; i++)
		assert_int_equal(ladder_failed(&ladder, 4 + i),
		    LADDER_WORKER);
	assert_false(ladder_is_spent(&ladder));
	assert_int_equal(ladder_failed(&ladder, 3 + LADDER_PAUSE_MS),
	    LADDER_HARD);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ladder_failed(&ladder,
		    4 + LADDER_PAUSE_MS), LADDER_WORKER);
	assert_true(ladder_is_spent(&ladder));
	ladder_well(&ladder);
	assert_false(ladder_is_spent(&ladder));
}

static void
issue12_3_one_in_ten_minutes_three_an_hour(void **state)
{
	struct ladder ladder = {0};
	enum ladder_step last = LADDER_WORKER;

	(void)state;
	assert_int_equal(fail_for(&ladder, 0, 9, &last), 1);
	assert_int_equal(fail_for(&ladder, 9 * MINUTE, 49, &last), 2);
	assert_int_equal(last, LADDER_HARD);
	/* For days: never more than that. */
	for (int hour = 1; hour < 50; hour++)
		assert_true(fail_for(&ladder, hour * 60 * MINUTE, 60, &last)
		    <= LADDER_RESETS);
}

/* Success does not make more resets of an hour possible: a modem that comes
 * and goes would be reset all day. */
static void
issue12_3_success_keeps_the_caps(void **state)
{
	struct ladder ladder = {0};
	unsigned resets = 0;

	(void)state;
	for (int64_t t = 0; t < 60 * MINUTE; t += 1000) {
		if (t % 30000 == 0)
			ladder_well(&ladder);
		resets += ladder_failed(&ladder, t) != LADDER_WORKER;
	}
	assert_int_equal(resets, LADDER_RESETS);
}

static void
issue12_3_one_that_was_unplugged_counts_from_zero(void **state)
{
	struct ladder ladder = {0};
	enum ladder_step last = LADDER_WORKER;

	(void)state;
	assert_int_equal(fail_for(&ladder, 0, 59, &last), 3);
	ladder_clear(&ladder);
	assert_int_equal(fail_for(&ladder, 59 * MINUTE, 1, &last), 1);
	assert_int_equal(last, LADDER_SOFT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issue12_3_rung_by_rung),
		cmocka_unit_test(issue12_3_one_in_ten_minutes_three_an_hour),
		cmocka_unit_test(issue12_3_success_keeps_the_caps),
		cmocka_unit_test(
		    issue12_3_one_that_was_unplugged_counts_from_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
