/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * issue11.5: the ledger alone, on a disk that fills up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ipc/proto.h"
#include "journal/journal.h"
#include "worker_world.h"

static int
append_intent(struct worker_world *world)
{
	char none[] = "", message[] = "m";
	struct proto p = {.type = PROTO_TYPE_INTENT, .intent = {
		.message = message, .segment = 1, .phone = none,
		.imsi = none, .about = none}};

	return ledger_append(&world->ledger, &p);
}

static int
append_report(struct worker_world *world, unsigned reference)
{
	char none[] = "";
	struct proto p = {.type = PROTO_TYPE_REPORT, .report = {
		.phone = none, .imsi = none, .reference = reference}};

	return ledger_append(&world->ledger, &p);
}

static void
assert_text(char *got, const char *want)
{
	assert_string_equal(got, want);
	free(got);
}

/* Has the journal these words, or has it not? */
static bool
has(const struct worker_world *world, const char *words)
{
	char *got = world_journal(world);
	bool is_there = strstr(got, words) != NULL;

	free(got);
	return is_there;
}

static void
test_well(void **state)
{
	struct worker_world w;

	(void)state;
	world_open(&w);
	assert_int_equal(ledger_next_seq(&w.ledger), 1);
	assert_int_equal(ledger_reserve(&w.ledger), 0);
	assert_int_equal(append_intent(&w), 0);
	assert_int_equal(append_report(&w, 7), 0);
	assert_int_equal(ledger_sync(&w.ledger), 0);
	assert_int_equal(ledger_next_seq(&w.ledger), 3);
	assert_false(ledger_mend(&w.ledger));
	assert_text(world_journal(&w), "intent(m/1) report(7)");
	assert_text(world_frames(&w), "");
	world_close(&w);
}

/* While the disk is full nothing may be submitted; what happens all the same
 * is written in its order when there is room, and an intent is not. */
static void
test_full(void **state)
{
	struct worker_world w;

	(void)state;
	world_open(&w);
	assert_int_equal(append_report(&w, 1), 0);
	world_fill_disk(&w, true);
	assert_int_equal(append_report(&w, 2), -1);
	assert_text(world_frames(&w), "journal(broken)");
	assert_int_equal(append_intent(&w), -1);
	assert_int_equal(append_report(&w, 3), -1);
	assert_int_equal(ledger_reserve(&w.ledger), -1);
	assert_int_equal(ledger_sync(&w.ledger), -1);
	assert_text(world_frames(&w), "");
	/* Not yet, and then in vain. */
	assert_false(ledger_mend(&w.ledger));
	w.ledger.retry_deadline = clock_mono_ms();
	assert_false(ledger_mend(&w.ledger));
	assert_true(w.ledger.retry_deadline > clock_mono_ms());
	world_fill_disk(&w, false);
	w.ledger.retry_deadline = clock_mono_ms();
	assert_true(ledger_mend(&w.ledger));
	assert_false(ledger_mend(&w.ledger));
	assert_text(world_frames(&w), "journal(well)");
	assert_int_equal(append_report(&w, 4), 0);
	assert_true(has(&w, "report(1)"));
	assert_true(has(&w, "report(2) report(3) report(4)"));
	assert_false(has(&w, "intent"));
	world_close(&w);
}

/* The worker ends: what is owed gets a last chance, whatever the time. */
static void
test_end(void **state)
{
	struct worker_world w;

	(void)state;
	world_open(&w);
	world_fill_disk(&w, true);
	assert_int_equal(append_report(&w, 5), -1);
	world_fill_disk(&w, false);
	ledger_end(&w.ledger);
	assert_true(has(&w, "report(5)"));
	world_close(&w);
}

static void
test_compact(void **state)
{
	struct worker_world w;

	(void)state;
	world_open(&w);
	for (unsigned i = 1; i <= 3; i++)
		assert_int_equal(append_report(&w, i), 0);
	assert_false(ledger_wants_tidy(&w.ledger));
	w.ledger.wants_compact = true;
	w.ledger.since_at = clock_wall_ms() + 60000;
	w.ledger.confirmed = 2;
	assert_true(ledger_wants_tidy(&w.ledger));
	ledger_tidy(&w.ledger);
	assert_false(ledger_wants_tidy(&w.ledger));
	assert_text(world_journal(&w), "report(3)");
	assert_int_equal(ledger_next_seq(&w.ledger), 4);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_compact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
