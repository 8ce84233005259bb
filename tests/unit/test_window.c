/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hours in which notices may go out: edges, midnight, other zones, the
 * nights when the clock is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/when.h"
#include "dispatch/window.h"

#define FROM (7 * 60)
#define TO   (21 * 60)

static int64_t
at(const char *text)
{
	int64_t ms;

	assert_int_equal(when_parse(text, &ms), 0);
	return ms;
}

static void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void
test_edges(void **state)
{
	(void)state;
	zone("Asia/Ho_Chi_Minh");
	assert_false(window_is_open(FROM, TO, at("2026-11-22T06:59:59.999")));
	assert_true(window_is_open(FROM, TO, at("2026-11-22T07:00")));
	assert_true(window_is_open(FROM, TO, at("2026-11-22T20:59:59.999")));
	assert_false(window_is_open(FROM, TO, at("2026-11-22T21:00")));
	assert_true(window_is_open(0, 1440, at("2026-11-22T00:00")));
	assert_true(window_is_open(0, 1440, at("2026-11-22T23:59:59")));
}

static void
test_next_turn(void **state)
{
	(void)state;
	zone("Asia/Ho_Chi_Minh");
	assert_int_equal(window_until_turn_ms(FROM, TO,
	    at("2026-11-22T06:59:58")), 2000);
	assert_int_equal(window_until_turn_ms(FROM, TO,
	    at("2026-11-22T07:00")), 14 * 3600 * 1000);
	assert_int_equal(window_until_turn_ms(FROM, TO,
	    at("2026-11-22T21:00")), 10 * 3600 * 1000);
	assert_int_equal(window_until_turn_ms(FROM, TO,
	    at("2026-12-31T23:00")), 8 * 3600 * 1000);
}

/* Berlin goes from 03:00 back to 02:00 on 2026-10-25. */
static void
test_summer_time(void **state)
{
	(void)state;
	zone("Europe/Berlin");
	assert_int_equal(window_until_turn_ms(FROM, TO,
	    at("2026-10-24T21:00")), 11 * 3600 * 1000);
	assert_int_equal(window_until_turn_ms(FROM, TO,
	    at("2026-03-28T21:00")), 9 * 3600 * 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_next_turn),
		cmocka_unit_test(test_summer_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
