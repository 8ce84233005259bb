/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * issue11.5: the order of journal and modem, which makes a text go out once,
 * with a modem that is a few hooks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ipc/proto.h"
#include "worker/outgoing.h"
#include "worker/pause.h"
#include "worker/send.h"
#include "worker_world.h"

#define LONG_TEXT /* two segments */                                          \
	"0123456789012345678901234567890123456789012345678901234567890123"    \
	"0123456789012345678901234567890123456789012345678901234567890123"    \
	"0123456789012345678901234567890123456789012345678901234567890123"

static struct {
	struct worker_world world;
	struct sending sending;
	char imsi[8];
	/* what the modem does */
	enum handover end;
	int early_status;	/* told before submit() returns; -2: nothing */
	bool is_gone, must_look, has_restarted, lost_settings;
	/* what it saw */
	unsigned submits, index, reference;
	char *journal;		/* while it had the segment */
	char *safe;		/* what is synced now */
	char *safe_then;	/* what was, when it got the segment */
	const char *failed;
	bool last_failed;
} t;

/* In place of libc's: what a power cut would leave. */
int
fdatasync(int fd)
{
	(void)fd;
	free(t.safe);
	t.safe = world_journal(&t.world);
	return 0;
}

/* --- the modem ------------------------------------------------------------ */

static enum handover
submit(const struct outgoing *o, const char **error, void *arg)
{
	(void)arg;
	t.submits++;
	t.index = o->index;
	t.reference = o->reference;
	free(t.journal);
	t.journal = world_journal(&t.world);
	free(t.safe_then);
	t.safe_then = xstrdup(t.safe != NULL ? t.safe : "");
	if (t.early_status != -2)
		send_answered(&t.sending, t.early_status, -1);
	*error = "no prompt";
	return t.end;
}

static bool
drain(void *arg)
{
	(void)arg;
	return !t.is_gone;
}

static bool
must_look(void *arg)
{
	(void)arg;
	return t.must_look;
}

static bool
has_restarted(void *arg)
{
	(void)arg;
	return t.has_restarted;
}

static bool
lost_settings(int status, void *arg)
{
	(void)arg;
	return t.lost_settings && status != 38;
}

static void
note_failed(const char *reason, void *arg)
{
	(void)arg;
	t.last_failed = reason[0] != '\0';
}

static void
fail_worker(const char *reason, void *arg)
{
	(void)arg;
	t.failed = reason;
}

static const struct send_hooks hooks = {
	.submit = submit,
	.drain = drain,
	.must_look = must_look,
	.has_restarted = has_restarted,
	.lost_settings = lost_settings,
	.failed = note_failed,
	.fail = fail_worker,
};

static int
begin(void **state)
{
	const struct proto_config config = {
		.modem = (char[]){"m1"}, .send_timeout_ms = 60000};

	(void)state;
	memset(&t, 0, sizeof(t));
	t.early_status = -2;
	(void)strcpy(t.imsi, "45204");
	world_open(&t.world);
	send_init(&t.sending, &t.world.ledger, &t.world.worker, &config,
	    t.imsi, &hooks, NULL);
	t.sending.modem = "m1";
	return 0;
}

static int
end(void **state)
{
	(void)state;
	send_end(&t.sending, "ending");
	free(t.journal);
	free(t.safe);
	free(t.safe_then);
	world_close(&t.world);
	return 0;
}

/* One SUBMIT; done: segments that are out already. */
static void
take(const char *message, const char *text, unsigned done)
{
	struct proto p = {.type = PROTO_TYPE_SUBMIT, .submit = {
		.message = xstrdup(message), .fence = 1,
		.phone = xstrdup("+84912345678"), .text = xstrdup(text),
		.about = xstrdup(""), .done = done,
		.lease_deadline = clock_mono_ms() + 60000}};

	p.submit.references.data = xmalloc(2);
	p.submit.references.data[0] = 11;
	p.submit.references.data[1] = 12;
	p.submit.references.n = 2;
	send_take(&t.sending, &p);
	proto_clear(&p);
}

static void
run(void)
{
	while (t.failed == NULL && send_step(&t.sending))
		;
}

static void
assert_journal(const char *want)
{
	char *got = world_journal(&t.world);

	assert_string_equal(got, want);
	free(got);
}

static void
assert_frames(const char *want)
{
	char *got = world_frames(&t.world);

	assert_string_equal(got, want);
	free(got);
}

/* --- the order ------------------------------------------------------------ */

static void
test_intent_before_modem(void **state)
{
	(void)state;
	take("a", "x", 0);
	run();
	assert_int_equal(t.submits, 1);
	assert_string_equal(t.journal, "intent(a/1)");
	assert_string_equal(t.safe_then, "intent(a/1)");
	assert_int_equal(t.reference, 11);
	assert_frames("");
	send_answered(&t.sending, 0, 11);
	run();
	assert_journal("intent(a/1) result(a/1 sent)");
	assert_frames("result(a/1 sent)");
	assert_int_equal(t.sending.n, 0);
	assert_false(t.last_failed);
}

/* The next intent is there while the first segment is on the air, and the
 * result before the second one is given to the modem. */
static void
test_result_before_the_next(void **state)
{
	(void)state;
	take("a", LONG_TEXT, 0);
	run();
	assert_journal("intent(a/1) intent(a/2)");
	assert_string_equal(t.safe, "intent(a/1) intent(a/2)");
	send_answered(&t.sending, 0, 11);
	run();
	assert_int_equal(t.submits, 2);
	assert_int_equal(t.index, 1);
	assert_string_equal(t.journal,
	    "intent(a/1) intent(a/2) result(a/1 sent)");
}

static void
test_only_what_is_missing(void **state)
{
	(void)state;
	take("a", LONG_TEXT, 1);
	run();
	assert_int_equal(t.submits, 1);
	assert_int_equal(t.index, 1);
	assert_int_equal(t.reference, 12);
	send_answered(&t.sending, 0, 12);
	run();
	assert_frames("result(a/2 sent)");
	take("b", "x", 1);
	assert_frames("result(b/2 unsent nothing_left)");
	assert_int_equal(t.submits, 1);
}

/* An intent that was written ahead and is not followed is closed in the
 * journal, or a replay would call that text unknown. */
static void
test_intent_that_is_not_followed(void **state)
{
	(void)state;
	take("a", "x", 0);
	take("b", "y", 0);
	run();
	assert_journal("intent(a/1) intent(b/1)");
	send_give_back(&t.sending);
	assert_journal("intent(a/1) intent(b/1) "
	    "result(b/1 unsent given_up)");
	assert_frames("result(b/1 unsent modem_silent)");
	assert_int_equal(t.sending.n, 1);
}

/* --- without an answer ---------------------------------------------------- */

static void
test_silence_is_unknown(void **state)
{
	(void)state;
	take("a", "x", 0);
	run();
	t.sending.deadline = clock_mono_ms();
	run();
	assert_string_equal(t.failed, "timeout");
	assert_frames("result(a/1 unknown silent)");
	assert_journal("intent(a/1) result(a/1 unknown silent)");
	/* What comes now belongs to nobody. */
	send_answered(&t.sending, 0, 11);
	assert_frames("");
}

static void
test_restart_on_the_air_is_unknown(void **state)
{
	(void)state;
	take("a", "x", 0);
	run();
	t.has_restarted = true;
	run();
	assert_string_equal(t.failed, "restarted");
	assert_frames("result(a/1 unknown restarted)");
}

static void
test_end_on_the_air_is_unknown(void **state)
{
	(void)state;
	take("a", "x", 0);
	take("b", "y", 0);
	run();
	send_end(&t.sending, "unplugged");
	assert_frames("result(b/1 unsent unplugged) "
	    "result(a/1 unknown unplugged)");
	assert_journal("intent(a/1) intent(b/1) "
	    "result(b/1 unsent given_up) result(a/1 unknown unplugged)");
}

/* --- not handed over ------------------------------------------------------ */

static void
test_no_submit_without_a_journal(void **state)
{
	(void)state;
	world_fill_disk(&t.world, true);
	take("a", "x", 0);
	run();
	assert_int_equal(t.submits, 0);
	assert_frames("journal(broken) result(a/1 unsent journal)");
	assert_null(t.failed);
}

/* Also where the disk fills up while a segment is on the air: its end is
 * told, and written later. */
static void
test_disk_fills_on_the_air(void **state)
{
	(void)state;
	take("a", LONG_TEXT, 0);
	run();
	world_fill_disk(&t.world, true);
	send_answered(&t.sending, 0, 11);
	run();
	assert_int_equal(t.submits, 1);
	assert_frames("journal(broken) result(a/1 sent) "
	    "result(a/2 unsent journal)");
	world_fill_disk(&t.world, false);
	ledger_end(&t.world.ledger);
	free(t.journal);
	t.journal = world_journal(&t.world);
	assert_non_null(strstr(t.journal, "result(a/1 sent)"));
}

static void
test_no_submit_after_the_lease(void **state)
{
	(void)state;
	take("a", "x", 0);
	t.sending.texts[0]->frame.submit.lease_deadline = clock_mono_ms();
	run();
	assert_int_equal(t.submits, 0);
	assert_frames("result(a/1 unsent lease)");
}

static void
test_modem_that_hung_up(void **state)
{
	(void)state;
	t.is_gone = true;
	take("a", "x", 0);
	run();
	assert_int_equal(t.submits, 0);
	assert_string_equal(t.failed, "gone");
	assert_journal("intent(a/1) result(a/1 unsent given_up)");
}

static void
test_refused_before_the_prompt(void **state)
{
	(void)state;
	t.end = NOT_HANDED_OVER;
	t.early_status = 38;
	take("a", "x", 0);
	run();
	assert_frames("result(a/1 refused cms_38)");
	assert_null(t.failed);
	assert_int_equal(t.submits, 1);
	assert_true(t.last_failed);
}

static void
test_no_prompt(void **state)
{
	(void)state;
	t.end = NOT_HANDED_OVER;
	take("a", "x", 0);
	run();
	assert_frames("result(a/1 refused no_prompt)");
	assert_string_equal(t.failed, "timeout");
}

static void
test_unplugged_in_the_call(void **state)
{
	(void)state;
	t.end = MODEM_GONE;
	take("a", "x", 0);
	run();
	assert_frames("result(a/1 unsent unplugged)");
	assert_string_equal(t.failed, "gone");
}

/* A modem that lost its settings refuses everything: the text goes back. */
static void
test_lost_settings(void **state)
{
	(void)state;
	t.lost_settings = true;
	take("a", "x", 0);
	run();
	send_answered(&t.sending, 304, -1);
	run();
	assert_frames("result(a/1 unsent modem_restarted)");
	take("b", "x", 0);
	run();
	send_answered(&t.sending, 38, -1);
	run();
	assert_frames("result(b/1 refused cms_38)");
}

/* --- coming --------------------------------------------------------------- */

static void
test_two_at_most(void **state)
{
	(void)state;
	take("a", "x", 0);
	take("b", "x", 0);
	take("c", "x", 0);
	assert_frames("result(c/1 unsent too_many)");
	t.sending.is_ending = true;
	send_end_waiting(&t.sending, "ending");
	assert_frames("result(b/1 unsent ending) result(a/1 unsent ending)");
	take("d", "x", 0);
	assert_frames("result(d/1 unsent ending)");
	assert_int_equal(t.submits, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_intent_before_modem),
		TEST(test_result_before_the_next),
		TEST(test_only_what_is_missing),
		TEST(test_intent_that_is_not_followed),
		TEST(test_silence_is_unknown),
		TEST(test_restart_on_the_air_is_unknown),
		TEST(test_end_on_the_air_is_unknown),
		TEST(test_no_submit_without_a_journal),
		TEST(test_disk_fills_on_the_air),
		TEST(test_no_submit_after_the_lease),
		TEST(test_modem_that_hung_up),
		TEST(test_refused_before_the_prompt),
		TEST(test_no_prompt),
		TEST(test_unplugged_in_the_call),
		TEST(test_lost_settings),
		TEST(test_two_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
