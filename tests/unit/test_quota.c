/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The periods of quotas: midnight, ends of months, leap years, the nights
 * when the clock is changed, a clock that is set back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/when.h"
#include "dispatch/quota.h"

#define SECOND	INT64_C(1000)
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

static void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static int64_t
at(const char *text)
{
	int64_t ms;

	assert_int_equal(when_parse(text, &ms), 0);
	return ms;
}

static void
assert_period(int64_t now, enum quota_period_kind kind, const char *id,
    int64_t ends_in_ms)
{
	struct quota_period periods[QUOTA_END], next[QUOTA_END];

	quota_periods(now, periods);
	assert_string_equal(periods[kind].id, id);
	assert_int_equal(periods[kind].ends_in_ms, ends_in_ms);
	/* The last millisecond is in it, the next one is not. */
	quota_periods(now + ends_in_ms - 1, next);
	assert_string_equal(next[kind].id, id);
	assert_int_equal(next[kind].ends_in_ms, 1);
	quota_periods(now + ends_in_ms, next);
	assert_string_not_equal(next[kind].id, id);
}

static void
test_names(void **state)
{
	static const char *const names[QUOTA_END] = {"minute", "hour", "day",
	    "month"};
	struct quota_period periods[QUOTA_END];

	(void)state;
	zone("Asia/Ho_Chi_Minh");
	quota_periods(at("2026-11-22T06:59"), periods);
	for (int i = 0; i < QUOTA_END; i++)
		assert_string_equal(periods[i].name, names[i]);
}

static void
test_plain(void **state)
{
	int64_t now;

	(void)state;
	zone("Asia/Ho_Chi_Minh");
	now = at("2026-11-22T06:59:58.750");
	assert_period(now, QUOTA_MINUTE, "20261122T0659+0700", 1250);
	assert_period(now, QUOTA_HOUR, "20261122T06+0700", 1250);
	assert_period(now, QUOTA_DAY, "20261122", 17 * HOUR + 1250);
	assert_period(now, QUOTA_MONTH, "202611",
	    8 * DAY + 17 * HOUR + 1250);
	now = at("2026-11-22T07:00");
	assert_period(now, QUOTA_MINUTE, "20261122T0700+0700", MINUTE);
	assert_period(now, QUOTA_HOUR, "20261122T07+0700", HOUR);
}

static void
test_midnight(void **state)
{
	(void)state;
	zone("Asia/Ho_Chi_Minh");
	assert_period(at("2026-11-22T23:59:59.999"), QUOTA_DAY, "20261122",
	    1);
	assert_period(at("2026-11-23T00:00"), QUOTA_DAY, "20261123", DAY);
	/* The day is the gateway's, not that of UTC. */
	assert_period(at("2026-11-22T17:30Z"), QUOTA_DAY, "20261123",
	    23 * HOUR + 30 * MINUTE);
	zone("UTC");
	assert_period(at("2026-11-22T17:30Z"), QUOTA_DAY, "20261122",
	    6 * HOUR + 30 * MINUTE);
}

static void
test_months(void **state)
{
	(void)state;
	zone("Asia/Ho_Chi_Minh");
	assert_period(at("2026-12-01T00:00"), QUOTA_MONTH, "202612",
	    31 * DAY);
	assert_period(at("2026-12-31T23:59:59"), QUOTA_MONTH, "202612",
	    SECOND);
	assert_period(at("2027-01-01T00:00"), QUOTA_MONTH, "202701",
	    31 * DAY);
	assert_period(at("2027-02-01T00:00"), QUOTA_MONTH, "202702",
	    28 * DAY);
	assert_period(at("2028-02-01T00:00"), QUOTA_MONTH, "202802",
	    29 * DAY);
	assert_period(at("2028-02-29T12:00"), QUOTA_DAY, "20280229",
	    12 * HOUR);
	assert_period(at("2100-02-28T12:00"), QUOTA_MONTH, "210002",
	    12 * HOUR);
}

static void
test_summer_time(void **state)
{
	(void)state;
	zone("Europe/Berlin");
	/* 23 hours, 25 hours, and an hour that comes twice. */
	assert_period(at("2026-03-29T00:00"), QUOTA_DAY, "20260329",
	    23 * HOUR);
	assert_period(at("2026-03-28T23:00Z") + HOUR, QUOTA_HOUR,
	    "20260329T01+0100", HOUR);
	assert_period(at("2026-03-29T01:00Z"), QUOTA_HOUR,
	    "20260329T03+0200", HOUR);
	assert_period(at("2026-03-01T00:00"), QUOTA_MONTH, "202603",
	    31 * DAY - HOUR);
	assert_period(at("2026-10-25T00:00"), QUOTA_DAY, "20261025",
	    25 * HOUR);
	assert_period(at("2026-10-25T00:30Z"), QUOTA_HOUR,
	    "20261025T02+0200", 30 * MINUTE);
	assert_period(at("2026-10-25T01:30Z"), QUOTA_HOUR,
	    "20261025T02+0100", 30 * MINUTE);
	assert_period(at("2026-10-01T00:00"), QUOTA_MONTH, "202610",
	    31 * DAY + HOUR);
	/* Here summer begins at midnight: the day has no 00:30. */
	zone("America/Havana");
	assert_period(at("2026-03-08T04:30Z"), QUOTA_DAY, "20260307",
	    30 * MINUTE);
	assert_period(at("2026-03-08T05:00Z"), QUOTA_DAY, "20260308",
	    23 * HOUR);
	/* And here an hour does not begin with one of UTC. */
	zone("Asia/Kolkata");
	assert_period(at("2026-11-22T00:45Z"), QUOTA_HOUR,
	    "20261122T06+0530", 45 * MINUTE);
}

/* A clock that is set back finds the periods that it had been in. */
static void
test_clock_set_back(void **state)
{
	struct quota_period before[QUOTA_END], after[QUOTA_END];
	int64_t now;

	(void)state;
	zone("Asia/Ho_Chi_Minh");
	now = at("2026-12-01T00:10");
	quota_periods(now - HOUR, before);
	quota_periods(now, after);
	for (int i = 0; i < QUOTA_END; i++)
		assert_string_not_equal(before[i].id, after[i].id);
	quota_periods(now - HOUR, after);
	for (int i = 0; i < QUOTA_END; i++) {
		assert_string_equal(before[i].id, after[i].id);
		assert_int_equal(before[i].ends_in_ms, after[i].ends_in_ms);
	}
	assert_string_equal(after[QUOTA_MONTH].id, "202611");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_summer_time),
		cmocka_unit_test(test_clock_set_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
