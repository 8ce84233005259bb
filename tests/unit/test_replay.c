/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a journal says after its worker died.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/proto.h"
#include "journal/journal.h"
#include "journal/record.h"
#include "journal/replay.h"

struct bench {
	char dir[64], path[80];
	struct journal *j;
	char seen[1024];
	struct replay_counts counts;
};

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_replay.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof(b->path), "%s/j", b->dir);
	b->j = journal_open(b->path);
	assert_non_null(b->j);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	journal_close(b->j);
	(void)unlink(b->path);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static void
put(struct bench *b, const struct proto *p)
{
	size_t n;
	uint8_t *data = proto_encode(p, &n);

	assert_int_equal(journal_append(b->j, (uint16_t)p->type, data, n), 0);
	free(data);
}

static void
hello(struct bench *b)
{
	put(b, &(struct proto){.type = PROTO_TYPE_HELLO});
}

static void
intent(struct bench *b, char *message, uint32_t segment)
{
	put(b, &(struct proto){.type = PROTO_TYPE_INTENT,
	    .intent = {.message = message, .fence = 1, .segment = segment,
	    .segments = 2, .reference = 7}});
}

static void
result(struct bench *b, char *message, uint32_t segment, enum outcome outcome)
{
	put(b, &(struct proto){.type = PROTO_TYPE_RESULT,
	    .result = {.message = message, .fence = 1, .segment = segment,
	    .segments = 2, .outcome = outcome}});
}

static void
note(struct bench *b, const char *what, const struct proto *p)
{
	size_t used = strlen(b->seen);
	char *to = b->seen + used;
	size_t room = sizeof(b->seen) - used;

	if (p->type == PROTO_TYPE_RESULT)
		(void)snprintf(to, room, "%s(%s/%u %s #%llu) ", what,
		    p->result.message, p->result.segment,
		    outcome_name((enum outcome)p->result.outcome),
		    (unsigned long long)p->result.seq);
	else
		(void)snprintf(to, room, "%s(%s) ", what,
		    proto_name(p->type));
}

static void
on_record(const struct proto *p, void *arg)
{
	note(arg, "record", p);
}

static void
on_open_intent(const struct proto *p, void *arg)
{
	note(arg, "open", p);
}

static const char *
replay(struct bench *b, uint64_t after)
{
	static const struct replay_hooks hooks = {on_record, on_open_intent};

	b->seen[0] = '\0';
	assert_int_equal(journal_replay(b->j, after, &hooks, b, &b->counts),
	    0);
	return b->seen;
}

static char m1[] = "m1", m2[] = "m2", m3[] = "m3";

static void
test_results_after(void **state)
{
	struct bench *b = *state;

	hello(b);
	intent(b, m1, 1);
	result(b, m1, 1, OUTCOME_SENT);
	intent(b, m1, 2);
	result(b, m1, 2, OUTCOME_REFUSED);
	assert_string_equal(replay(b, 0),
	    "record(m1/1 sent #3) record(m1/2 refused #5) ");
	assert_string_equal(replay(b, 3), "record(m1/2 refused #5) ");
	assert_string_equal(replay(b, 5), "");
}

static void
test_on_the_air_and_ahead(void **state)
{
	struct bench *b = *state;

	hello(b);
	intent(b, m1, 1);
	intent(b, m1, 2);
	assert_string_equal(replay(b, 0),
	    "open(m1/1 unknown #4) open(m1/2 unsent #0) ");
	assert_int_equal(b->counts.unknown, 1);
	assert_int_equal(b->counts.unsent, 1);
	/* They are closed now. */
	assert_string_equal(replay(b, 0), "record(m1/1 unknown #4) ");
	assert_int_equal(b->counts.results, 1);
	assert_int_equal(b->counts.unknown + b->counts.unsent, 0);
	assert_string_equal(replay(b, 4), "");
}

static void
test_ahead_of_a_result(void **state)
{
	struct bench *b = *state;

	hello(b);
	intent(b, m1, 1);
	intent(b, m1, 2);
	result(b, m1, 1, OUTCOME_SENT);
	assert_string_equal(replay(b, 0),
	    "record(m1/1 sent #4) open(m1/2 unknown #5) ");
}

/* An open intent of an earlier run says nothing about a later one. */
static void
test_two_runs(void **state)
{
	struct bench *b = *state;

	hello(b);
	intent(b, m1, 1);
	intent(b, m2, 1);
	hello(b);
	intent(b, m3, 1);
	assert_string_equal(replay(b, 0), "open(m1/1 unknown #6) "
	    "open(m2/1 unsent #0) open(m3/1 unknown #8) ");
}

static void
test_given_up(void **state)
{
	struct bench *b = *state;

	hello(b);
	intent(b, m1, 1);
	intent(b, m1, 2);
	result(b, m1, 1, OUTCOME_REFUSED);
	result(b, m1, 2, OUTCOME_UNSENT);
	assert_string_equal(replay(b, 0), "record(m1/1 refused #4) ");
}

static void
test_other_boot(void **state)
{
	struct bench *b = *state;
	struct journal_record r = {.type = PROTO_TYPE_INTENT, .at = 1};
	uint8_t other[BOOT_ID_SIZE] = {1}, out[1024];
	size_t n;
	int fd = open(b->path, O_WRONLY | O_APPEND);

	for (uint32_t segment = 1; segment <= 2; segment++) {
		struct proto p = {.type = PROTO_TYPE_INTENT,
		    .intent = {.message = m1, .segment = segment}};
		uint8_t *data = proto_encode(&p, &n);

		r.seq = segment;
		r.payload = data;
		r.n = n;
		record_write(out, &r, other);
		assert_int_equal(write(fd, out, RECORD_HEAD + n),
		    RECORD_HEAD + n);
		free(data);
	}
	(void)close(fd);
	journal_close(b->j);
	b->j = journal_open(b->path);
	assert_string_equal(replay(b, 0),
	    "open(m1/1 unknown #1003) open(m1/2 unknown #1004) ");
	/* What was told but lost with the power had higher numbers. */
	assert_true(journal_next_seq(b->j) > 500);
}

static void
test_others(void **state)
{
	struct bench *b = *state;

	put(b, &(struct proto){.type = PROTO_TYPE_REPORT});
	put(b, &(struct proto){.type = PROTO_TYPE_INCOMING});
	assert_int_equal(journal_append(b->j, PROTO_TYPE_REPORT, "x", 1), 0);
	assert_int_equal(journal_append(b->j, 4711, "x", 1), 0);
	put(b, &(struct proto){.type = PROTO_TYPE_QUERY});
	put(b, &(struct proto){.type = PROTO_TYPE_RANG});
	assert_string_equal(replay(b, 0),
	    "record(report) record(incoming) record(rang) ");
	assert_string_equal(replay(b, 1), "record(incoming) record(rang) ");
}

/* Version 0.1.0: without the last fields, so many octets. */
static void
put_old(struct bench *b, const struct proto *p, size_t later)
{
	size_t n;
	uint8_t *data = proto_encode(p, &n);

	assert_int_equal(journal_append(b->j, (uint16_t)p->type, data,
	    n - later), 0);
	free(data);
}

static void
test_issue9_14_records_of_the_first_version(void **state)
{
	struct bench *b = *state;

	put_old(b, &(struct proto){.type = PROTO_TYPE_INTENT,
	    .intent = {.message = m1, .fence = 1, .segment = 1}}, 4);
	put_old(b, &(struct proto){.type = PROTO_TYPE_RESULT,
	    .result = {.message = m1, .fence = 1, .segment = 1}}, 4);
	put_old(b, &(struct proto){.type = PROTO_TYPE_INTENT,
	    .intent = {.message = m2, .fence = 1, .segment = 1}}, 4);
	put_old(b, &(struct proto){.type = PROTO_TYPE_REPORT}, 16);
	/* What ends too early in another place is still passed over. */
	put_old(b, &(struct proto){.type = PROTO_TYPE_REPORT}, 4);
	put_old(b, &(struct proto){.type = PROTO_TYPE_RESULT}, 5);
	put_old(b, &(struct proto){.type = PROTO_TYPE_RANG}, 8);
	(void)replay(b, 0);
	assert_int_equal(b->counts.results, 1);
	assert_int_equal(b->counts.unknown, 1);
	assert_int_equal(b->counts.reports, 1);
	assert_int_equal(b->counts.calls, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_results_after),
		TEST(test_on_the_air_and_ahead),
		TEST(test_ahead_of_a_result),
		TEST(test_two_runs),
		TEST(test_given_up),
		TEST(test_other_boot),
		TEST(test_others),
		TEST(test_issue9_14_records_of_the_first_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
