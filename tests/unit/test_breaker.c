/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The circuit breaker of a modem, with a clock that the test sets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dispatch/breaker.h"

#define SECOND	INT64_C(1000)
#define MINUTE	(60 * SECOND)
#define START	(1234567 * SECOND)

static void
assert_state(const struct breaker *b, int64_t now, const char *name)
{
	assert_string_equal(breaker_state_name(breaker_state(b, now)), name);
}

/* Opened by failures at START. */
static struct breaker
opened(void)
{
	struct breaker b = {0};

	for (int i = 0; i < BREAKER_FAILURES; i++)
		assert_int_equal(breaker_note(&b, true, false, START),
		    i == BREAKER_FAILURES - 1);
	return b;
}

static void
test_opens(void **state)
{
	struct breaker b = {0};

	(void)state;
	assert_state(&b, START, "closed");
	assert_true(breaker_allows(&b, START));
	assert_int_equal(breaker_wait_ms(&b, START), 0);
	breaker_began(&b, START);
	assert_false(breaker_note(&b, true, false, START));
	assert_false(breaker_note(&b, true, false, START));
	assert_true(breaker_allows(&b, START));
	assert_true(breaker_note(&b, true, false, START));
	assert_state(&b, START, "open");
	assert_false(breaker_allows(&b, START));
	assert_int_equal(breaker_wait_ms(&b, START), 30 * SECOND);
	assert_int_equal(breaker_wait_ms(&b, START + 29999), 1);
	assert_state(&b, START + 29999, "open");
	assert_false(breaker_allows(&b, START + 29999));
	assert_state(&b, START + 30000, "half_open");
	assert_true(breaker_allows(&b, START + 30000));
	assert_int_equal(breaker_wait_ms(&b, START + 30000), 0);
}

static void
test_row_is_broken(void **state)
{
	struct breaker b = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_false(breaker_note(&b, true, false, START));
		assert_false(breaker_note(&b, true, false, START));
		assert_false(breaker_note(&b, false, true, START));
	}
	assert_state(&b, START, "closed");
}

/* A number that fails for ever does not close a way for others. */
static void
test_number_never_opens(void **state)
{
	struct breaker b = {0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_false(breaker_note(&b, false, false, START + i));
	assert_state(&b, START + 1000, "closed");
	assert_true(breaker_allows(&b, START + 1000));
}

static void
test_probe_closes(void **state)
{
	struct breaker b = opened();
	int64_t now = START + 30 * SECOND;

	(void)state;
	assert_true(breaker_allows(&b, now));
	breaker_began(&b, now);
	assert_false(breaker_allows(&b, now));
	assert_int_equal(breaker_wait_ms(&b, now), -1);
	assert_true(breaker_note(&b, false, true, now + SECOND));
	assert_state(&b, now + SECOND, "closed");
	/* The next time begins with the short pause and counts anew. */
	assert_false(breaker_note(&b, true, false, now));
	assert_false(breaker_note(&b, true, false, now));
	assert_true(breaker_note(&b, true, false, now));
	assert_int_equal(breaker_wait_ms(&b, now), 30 * SECOND);
}

static void
test_pause_doubles(void **state)
{
	static const int64_t pauses[] = {30, 60, 120, 240, 480, 900, 900, 900};
	struct breaker b = opened();
	int64_t now = START;

	(void)state;
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		assert_int_equal(breaker_wait_ms(&b, now),
		    pauses[i] * SECOND);
		now += pauses[i] * SECOND;
		assert_true(breaker_allows(&b, now));
		breaker_began(&b, now);
		assert_true(breaker_note(&b, true, false, now));
		assert_state(&b, now, "open");
	}
}

static void
test_probe_says_nothing(void **state)
{
	struct breaker b = opened();
	int64_t now = START + 30 * SECOND;

	(void)state;
	breaker_began(&b, now);
	assert_false(breaker_note(&b, false, false, now));
	assert_state(&b, now, "half_open");
	assert_true(breaker_allows(&b, now));
	breaker_began(&b, now);
	assert_false(breaker_allows(&b, now));
}

static void
test_probe_is_lost(void **state)
{
	struct breaker b = opened();
	int64_t now = START + 30 * SECOND;

	(void)state;
	breaker_began(&b, now);
	assert_false(breaker_allows(&b, now + 15 * MINUTE - 1));
	assert_true(breaker_allows(&b, now + 15 * MINUTE));
}

static void
test_trip(void **state)
{
	struct breaker b = {0};

	(void)state;
	assert_true(breaker_trip(&b, START));
	assert_int_equal(breaker_wait_ms(&b, START), 30 * SECOND);
	/* What was on its way already does not make it longer. */
	assert_false(breaker_trip(&b, START + SECOND));
	assert_false(breaker_note(&b, true, false, START + SECOND));
	assert_int_equal(breaker_wait_ms(&b, START + SECOND), 29 * SECOND);
	assert_true(breaker_trip(&b, START + 30 * SECOND));
	assert_int_equal(breaker_wait_ms(&b, START + 30 * SECOND), MINUTE);
	assert_true(breaker_note(&b, false, true, START + 31 * SECOND));
	assert_state(&b, START + 31 * SECOND, "closed");
}

/* 10.1: several different numbers refused in a row, whatever the cause, are
 * the modem's, the SIM's or the network's refusal. */
static void
test_issue10_1_refusals(void **state)
{
	struct breaker b = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {	/* one number only */
		assert_false(breaker_note(&b, false, false, START));
		assert_false(breaker_refused(&b, "+84911111111", START));
	}
	assert_false(breaker_refused(&b, "+84922222222", START));
	assert_true(breaker_note(&b, false, true, START) == false);
	assert_false(breaker_refused(&b, "+84911111111", START));
	assert_false(breaker_refused(&b, "+84922222222", START));
	assert_false(breaker_is_refusing(&b));
	assert_true(breaker_refused(&b, "+84933333333", START));
	assert_true(breaker_is_refusing(&b));
	assert_state(&b, START, "open");
	assert_false(breaker_refused(&b, "+84944444444", START));
	/* The probe is refused: twice the pause. */
	assert_true(breaker_refused(&b, "+84911111111", START + 30000));
	assert_state(&b, START + 89999, "open");
	assert_state(&b, START + 90000, "half_open");
	assert_true(breaker_note(&b, false, true, START + 90000));
	assert_false(breaker_is_refusing(&b));
	assert_state(&b, START + 90000, "closed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_issue10_1_refusals),
		cmocka_unit_test(test_opens),
		cmocka_unit_test(test_row_is_broken),
		cmocka_unit_test(test_number_never_opens),
		cmocka_unit_test(test_probe_closes),
		cmocka_unit_test(test_pause_doubles),
		cmocka_unit_test(test_probe_says_nothing),
		cmocka_unit_test(test_probe_is_lost),
		cmocka_unit_test(test_trip),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
