/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * issue11.5: what comes in is in the journal before the daemon hears of it,
 * also while the disk is full.
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
#include "worker/inbox.h"
#include "worker_world.h"

/* Of +84912345678, "hello" in GSM-7 (3GPP TS 23.040 §9.2.2.1). */
#define DELIVER                                                               \
	"07914889020003F0" "040B914819325476F8" "0000" "32110141520082"       \
	"05E8329BFD06"
/* A status report, TP-MR 77, delivered (§9.2.2.3). */
#define REPORT                                                                \
	"07914889020003F0" "064D0B914819325476F8" "32110141520082"            \
	"32110141521082" "00"

static struct {
	struct worker_world world;
	struct inbox inbox;
	char imsi[8];
} t;

static int
begin(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	(void)strcpy(t.imsi, "45204");
	world_open(&t.world);
	inbox_init(&t.inbox, &t.world.ledger, &t.world.worker, "m1", t.imsi);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_close(&t.world);
	return 0;
}

static void
take(const char *hex)
{
	static const struct pdu_place place = {"SM", 3};

	inbox_take(&t.inbox, &place, hex);
}

/* The next frame, for the caller to clear. */
static struct proto
next_frame(void)
{
	struct proto p = {.type = PROTO_NONE};

	link_flush(&t.world.worker);
	link_read(&t.world.daemon);
	assert_int_equal(link_take(&t.world.daemon, &p), LINK_FRAME);
	return p;
}

static void
assert_journal(const char *want)
{
	char *got = world_journal(&t.world);

	assert_string_equal(got, want);
	free(got);
}

static void
test_text(void **state)
{
	struct proto p;

	(void)state;
	take(DELIVER);
	assert_journal("incoming");
	p = next_frame();
	assert_int_equal(p.type, PROTO_TYPE_INCOMING);
	assert_int_equal(p.incoming.seq, 1);
	assert_string_equal(p.incoming.sender, "+84912345678");
	assert_string_equal(p.incoming.text, "hello");
	assert_string_equal(p.incoming.imsi, "45204");
	assert_int_equal(p.incoming.part, 1);
	assert_int_equal(p.incoming.parts, 1);
	proto_clear(&p);
}

static void
test_report(void **state)
{
	struct proto p;

	(void)state;
	take(REPORT);
	assert_journal("report(77)");
	p = next_frame();
	assert_int_equal(p.report.seq, 1);
	assert_string_equal(p.report.phone, "+84912345678");
	assert_int_equal(p.report.tp_status, 0);
	proto_clear(&p);
}

/* What can't be read is told, too: it must not stop what is behind it. */
static void
test_unreadable(void **state)
{
	static const char *const pdus[] = {"", "xyz", "07", DELIVER "zz",
	    ("07914889020003F0" "04FF91481932")};

	(void)state;
	for (size_t i = 0; i < sizeof(pdus) / sizeof(*pdus); i++) {
		struct proto p;

		take(pdus[i]);
		p = next_frame();
		assert_int_equal(p.type, PROTO_TYPE_UNREADABLE);
		assert_int_equal(p.unreadable.seq, i + 1);
		assert_string_equal(p.unreadable.memory, "SM");
		assert_int_equal(p.unreadable.place, 3);
		assert_true(*p.unreadable.reason != '\0');
		proto_clear(&p);
	}
}

static void
test_call(void **state)
{
	char number[] = "+84912345678", withheld[] = "";
	struct proto p;

	(void)state;
	inbox_call(&t.inbox, number, 1700000000000);
	inbox_call(&t.inbox, withheld, 1700000000001);
	assert_journal("rang rang");
	p = next_frame();
	assert_int_equal(p.rang.seq, 1);
	assert_string_equal(p.rang.sender, number);
	assert_int_equal(p.rang.at, 1700000000000);
	proto_clear(&p);
}

/* The daemon hears of it at once, without a number; the journal later. */
static void
test_full_disk(void **state)
{
	struct proto p;

	(void)state;
	world_fill_disk(&t.world, true);
	take(REPORT);
	p = next_frame();
	assert_int_equal(p.type, PROTO_TYPE_JOURNAL);
	proto_clear(&p);
	assert_int_equal(link_take(&t.world.daemon, &p), LINK_FRAME);
	assert_int_equal(p.type, PROTO_TYPE_REPORT);
	assert_int_equal(p.report.seq, 0);
	proto_clear(&p);
	world_fill_disk(&t.world, false);
	t.world.ledger.retry_deadline = clock_mono_ms();
	assert_true(ledger_mend(&t.world.ledger));
	free(world_frames(&t.world));
	take(DELIVER);
	p = next_frame();
	assert_true(p.incoming.seq > 1);
	proto_clear(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_text),
		TEST(test_report),
		TEST(test_unreadable),
		TEST(test_call),
		TEST(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
