/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * 12.1: useful work decides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "modem/work.h"

#define HOUR INT64_C(3600000)
#define NOW  (1000 * HOUR)

static void
issue12_1_one_bad_number_is_no_fault(void **state)
{
	struct work work = {0};
	unsigned refused, tried;

	(void)state;
	for (int i = 0; i < 50; i++)
		work_refused(&work, work_hash("+84912345678"), NOW + i);
	assert_false(work_many_refused(&work, NOW + 60, &refused, &tried));
	assert_int_equal(refused, 1);
	assert_int_equal(tried, 1);
}

static void
issue12_1_many_bad_numbers_are(void **state)
{
	struct work work = {0};
	unsigned refused, tried;

	(void)state;
	for (uint32_t i = 0; i < 15; i++) {
		assert_false(work_many_refused(&work, NOW, &refused, &tried));
		if (i < 10)
			work_taken(&work, i, false, NOW);
		else
			work_refused(&work, i, NOW);
	}
	assert_true(work_many_refused(&work, NOW, &refused, &tried));
	assert_int_equal(refused, 5);
	assert_int_equal(tried, 15);
	/* One number was reached in the end. */
	work_taken(&work, 14, false, NOW);
	assert_false(work_many_refused(&work, NOW, &refused, &tried));
	/* An hour later it is forgotten. */
	work_refused(&work, 14, NOW);
	assert_true(work_many_refused(&work, NOW + HOUR, &refused, &tried));
	assert_false(work_many_refused(&work, NOW + HOUR + 1, &refused,
	    &tried));
	assert_int_equal(tried, 0);
}

/* More than it holds: the newest count. */
static void
issue12_1_the_ring_goes_round(void **state)
{
	struct work work = {0};
	unsigned refused, tried;

	(void)state;
	for (uint32_t i = 0; i < 3 * WORK_TRIES; i++)
		work_refused(&work, i, NOW);
	assert_true(work_many_refused(&work, NOW, &refused, &tried));
	assert_int_equal(tried, WORK_TRIES);
	for (uint32_t i = 0; i < WORK_TRIES; i++)
		work_taken(&work, i, false, NOW);
	assert_false(work_many_refused(&work, NOW, &refused, &tried));
	assert_int_equal(refused, 0);
}

static void
issue12_1_silence_of_many_phones(void **state)
{
	struct work work = {0};

	(void)state;
	/* A SIM that never had a report blocks nothing. */
	for (uint32_t i = 0; i < 30; i++)
		work_taken(&work, i, true, NOW);
	assert_int_equal(work_silent(&work, NOW + HOUR), 0);
	for (int i = 0; i < WORK_REPORTS; i++)
		work_reported(&work, NOW);
	/* One phone that is off. */
	for (int i = 0; i < 30; i++)
		work_taken(&work, 7, true, NOW);
	assert_int_equal(work_silent(&work, NOW + HOUR), 0);
	for (uint32_t i = 0; i < WORK_SILENT; i++)
		work_taken(&work, i, true, NOW);
	assert_int_equal(work_silent(&work, NOW + 1000), 0);
	assert_int_equal(work_silent(&work, NOW + HOUR), WORK_SILENT);
	work_reported(&work, NOW);
	assert_int_equal(work_silent(&work, NOW + HOUR), 0);
	/* No report is asked for: none is missed. */
	for (uint32_t i = 0; i < 30; i++)
		work_taken(&work, i, false, NOW);
	assert_int_equal(work_silent(&work, NOW + HOUR), 0);
}

static void
issue12_1_the_report_rate_of_a_sim(void **state)
{
	struct work work = {0};

	(void)state;
	work_taken(&work, 1, false, NOW);
	assert_true(work_report_ratio(&work) < 0);
	for (uint32_t i = 0; i < 4; i++)
		work_taken(&work, i, true, NOW);
	assert_true(work_report_ratio(&work) == 0);
	work_reported(&work, NOW);
	assert_true(work_report_ratio(&work) == 0.25);
	for (int i = 0; i < 9; i++)	/* of an earlier run's texts, too */
		work_reported(&work, NOW);
	assert_true(work_report_ratio(&work) == 1);
}

static void
issue12_1_receiving_works(void **state)
{
	struct work work = {0};

	(void)state;
	work_received(&work, NOW);
	assert_false(work_receives(&work));
	work_refused(&work, 1, NOW + 1000);
	assert_true(work_receives(&work));
	work_taken(&work, 1, false, NOW + 2000);
	assert_false(work_receives(&work));
	/* Long before it says nothing; since then it does. */
	work_refused(&work, 1, NOW + HOUR);
	assert_false(work_receives(&work));
	work_received(&work, NOW + 2 * HOUR);
	assert_true(work_receives(&work));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issue12_1_one_bad_number_is_no_fault),
		cmocka_unit_test(issue12_1_many_bad_numbers_are),
		cmocka_unit_test(issue12_1_the_ring_goes_round),
		cmocka_unit_test(issue12_1_silence_of_many_phones),
		cmocka_unit_test(issue12_1_the_report_rate_of_a_sim),
		cmocka_unit_test(issue12_1_receiving_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
