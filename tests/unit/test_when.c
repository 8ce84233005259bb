/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Moments and durations, in Viet Nam's time zone.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/when.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static int
set_zone(void **state)
{
	(void)state;
	setenv("TZ", "ICT-7", 1);
	tzset();
	return 0;
}

static void
parses(const char *text, int64_t expected)
{
	int64_t ms = -1;

	if (when_parse(text, &ms) != 0)
		fail_msg("\"%s\" was refused", text);
	if (ms != expected)
		fail_msg("\"%s\": %" PRId64 ", expected %" PRId64, text, ms,
		    expected);
}

static void
test_iso(void **state)
{
	(void)state;
	parses("1970-01-01T00:00:00Z", 0);
	parses("2026-11-22", 1795280400000);
	parses("2026-11-22T00:00:00+07:00", 1795280400000);
	parses("2026-11-22T08:30", 1795311000000);
	parses("2026-11-22 08:30", 1795311000000);
	parses("2026-11-22t08:30", 1795311000000);
	parses("2026-11-22T08:30:05", 1795311005000);
	parses("2026-11-22T08:30:05.250", 1795311005250);
	parses("2026-11-22T08:30:05,25", 1795311005250);
	parses("2026-11-22T08:30:05.2509999", 1795311005250);
	parses("2026-11-22T08:30:05.250+07:00", 1795311005250);
	parses("2026-11-22T01:30:05Z", 1795311005000);
	parses("2026-11-22T01:30Z", 1795311000000);
	parses("2026-11-22T08:30+0700", 1795311000000);
	parses("2026-11-22T08:30+07", 1795311000000);
	parses("2026-11-21T20:00-05:30", 1795311000000);
	parses("2026-11-22T15:30+14:00", 1795311000000);
}

static void
test_leap_days(void **state)
{
	int64_t ms;

	(void)state;
	parses("2024-02-29T00:00:00Z", 1709164800000);
	parses("2000-02-29T00:00:00Z", 951782400000);
	assert_int_equal(when_parse("2026-02-29", &ms), -1);
	assert_int_equal(when_parse("1900-02-29", &ms), -1);
	assert_int_equal(when_parse("2100-02-29", &ms), -1);
	assert_int_equal(when_parse("2024-02-30", &ms), -1);
}

static void
test_epoch(void **state)
{
	int64_t ms;

	(void)state;
	parses("1795311005250", 1795311005250);
	parses("100000000", 100000000);
	assert_int_equal(when_parse("20261122", &ms), -1);
	assert_int_equal(when_parse("-1795311005250", &ms), -1);
	assert_int_equal(when_parse("1795311005250 ", &ms), -1);
	assert_int_equal(when_parse("99999999999999999999", &ms), -1);
}

static void
test_plausible(void **state)
{
	static const struct {
		int64_t ms;
		bool is_plausible;
	} rows[] = {
		{INT64_C(1795311005250), true},		/* milliseconds */
		{INT64_C(1795311005), false},		/* seconds */
		{INT64_C(1795311005250000), false},	/* microseconds */
		{INT64_C(946684800000), true},
		{INT64_C(946684799999), false},
		{INT64_C(4102444799999), true},
		{INT64_C(4102444800000), false},
		{0, false}, {-1, false}, {INT64_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(when_is_plausible(rows[i].ms),
		    rows[i].is_plausible);
}

static void
test_bad(void **state)
{
	static const char *const bad[] = {
		"", " ", "yesterday", "22/11/2026", "2026-13-01",
		"2026-00-10", "2026-04-31", "2026-11-00", "2026-11-32",
		"0000-01-01", "2026-1-2", "2026-11", "2026-11-22T",
		"2026-11-22T8:30", "2026-11-22T24:00", "2026-11-22T23:60",
		"2026-11-22T23:59:60", "2026-11-22T08", "2026-11-22T08:30:",
		"2026-11-22T08:30:05.", "2026-11-22T08:30:05.x",
		"2026-11-22T08:30x", "2026-11-22T08:30 ",
		"2026-11-22T08:30+7", "2026-11-22T08:30+15:00",
		"2026-11-22T08:30+07:60", "2026-11-22T08:30+07:00x",
		"2026-11-22T08:30+07:", "2026-11-22T08:30ZZ", "2026-11-22Z",
		" 2026-11-22", "+026-11-22",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		if (when_parse(bad[i], &ms) != -1)
			fail_msg("\"%s\" was taken", bad[i]);
}

static void
test_format(void **state)
{
	char buf[WHEN_SIZE];
	int64_t ms;

	(void)state;
	assert_string_equal(when_format(1795311005250, buf),
	    "2026-11-22T08:30:05.250+07:00");
	assert_string_equal(when_format(0, buf),
	    "1970-01-01T07:00:00.000+07:00");
	assert_string_equal(when_format(-1, buf),
	    "1970-01-01T06:59:59.999+07:00");
	assert_int_equal(when_parse(when_format(1795311005250, buf), &ms), 0);
	assert_true(ms == 1795311005250);
	assert_string_equal(when_format_date(1795311005250, buf),
	    "22/11/2026");
	/* Already the next day in Viet Nam. */
	assert_string_equal(when_format_date(1795280400000, buf),
	    "22/11/2026");
	assert_string_equal(when_format_date(1795280399999, buf),
	    "21/11/2026");
	/* No moment is too far away for the buffer. */
	(void)when_format(INT64_MAX, buf);
	(void)when_format(INT64_MIN, buf);
	(void)when_format_date(INT64_MAX, buf);
	assert_true(strlen(buf) < WHEN_SIZE);
}

static void
test_dates(void **state)
{
	int year, month, day;

	(void)state;
	assert_int_equal(when_parse_date("2024-02-29", &year, &month, &day),
	    0);
	assert_int_equal(year, 2024);
	assert_int_equal(month, 2);
	assert_int_equal(day, 29);
	assert_int_equal(when_parse_date("2026-02-29", &year, &month, &day),
	    -1);
	assert_int_equal(
	    when_parse_date("2026-11-22T08:30", &year, &month, &day), -1);
	assert_int_equal(when_parse_date("22/11/2026", &year, &month, &day),
	    -1);
	assert_int_equal(when_parse_date("", &year, &month, &day), -1);
}

static void
test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
		const char *again;
	} good[] = {
		{"0", 0, "0"}, {"0s", 0, "0"}, {"90", 90000, "90s"},
		{"90s", 90000, "90s"}, {"15m", 900000, "15m"},
		{"60m", 3600000, "1h"}, {"36h", 129600000, "36h"},
		{"48h", 172800000, "2d"}, {"30d", 2592000000, "30d"},
		{"3650d", 315360000000, "3650d"},
		{"315360000", 315360000000, "3650d"},
	};
	static const char *const bad[] = {"", "h", "-1", "+1", "1.5h", "1 h",
	    "90x", "90ss", "1h30m", " 90", "3651d", "315360001",
	    "99999999999999999999999d"};
	char buf[WHEN_SIZE];
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		assert_int_equal(duration_parse(good[i].text, &ms), 0);
		assert_true(ms == good[i].ms);
		assert_string_equal(duration_format(ms, buf), good[i].again);
	}
	for (size_t i = 0; i < N(bad); i++)
		if (duration_parse(bad[i], &ms) != -1)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_string_equal(duration_format(1500, buf), "1s");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_leap_days),
		cmocka_unit_test(test_epoch),
		cmocka_unit_test(test_plausible),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
