/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal file: what survives a reopening, torn tails, damage, the
 * lock, compaction, a full disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "journal/journal.h"

struct bench {
	char dir[64], path[80], damaged[96];
	char seen[512];		/* "1:5:one 2:6:two " */
	int this_boot;
};

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_journal.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof(b->path), "%s/m.journal", b->dir);
	(void)snprintf(b->damaged, sizeof(b->damaged), "%s.damaged", b->path);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	(void)unlink(b->path);
	(void)unlink(b->damaged);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static bool
note(const struct journal_record *r, void *arg)
{
	struct bench *b = arg;
	size_t used = strlen(b->seen);

	(void)snprintf(b->seen + used, sizeof(b->seen) - used,
	    "%llu:%u:%.*s ", (unsigned long long)r->seq, r->type, (int)r->n,
	    (const char *)r->payload);
	b->this_boot += r->is_this_boot;
	assert_true(r->at > 1600000000000);
	return r->type != 99;
}

static const char *
content(struct bench *b, struct journal *j)
{
	b->seen[0] = '\0';
	b->this_boot = 0;
	assert_int_equal(journal_each(j, note, b), 0);
	return b->seen;
}

static struct journal *
open_with(struct bench *b, int n)
{
	static const char *const words[] = {"one", "two", "three"};
	struct journal *j = journal_open(b->path);

	assert_non_null(j);
	for (int i = 0; i < n; i++)
		assert_int_equal(journal_append(j, (uint16_t)(5 + i),
		    words[i], strlen(words[i])), 0);
	assert_int_equal(journal_sync(j), 0);
	return j;
}

static off_t
size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void
test_survives_reopening(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 2);
	struct stat st;

	assert_int_equal(journal_append(j, 7, NULL, 0), 0);
	journal_close(j);
	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	j = open_with(b, 0);
	assert_int_equal(journal_next_seq(j), 4);
	assert_string_equal(content(b, j), "1:5:one 2:6:two 3:7: ");
	assert_int_equal(b->this_boot, 3);
	journal_close(j);
}

static void
test_each_ends_early(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 1);

	assert_int_equal(journal_append(j, 99, "x", 1), 0);
	assert_int_equal(journal_append(j, 6, "y", 1), 0);
	assert_string_equal(content(b, j), "1:5:one 2:99:x ");
	journal_close(j);
}

/* Whatever the last record was cut to, the ones before it stay. */
static void
test_torn_tail(void **state)
{
	struct bench *b = *state;
	off_t two, three;

	journal_close(open_with(b, 2));
	two = size_of(b->path);
	journal_close(open_with(b, 1));
	three = size_of(b->path);
	for (off_t cut = three - 1; cut > two; cut--) {
		struct journal *j;

		assert_int_equal(truncate(b->path, cut), 0);
		j = open_with(b, 0);
		assert_string_equal(content(b, j), "1:5:one 2:6:two ");
		assert_int_equal(journal_next_seq(j), 3);
		assert_int_equal(size_of(b->path), two);
		assert_int_equal(journal_append(j, 7, "one", 3), 0);
		journal_close(j);
	}
	assert_int_equal(access(b->damaged, F_OK), -1);
}

static void
test_damaged_middle(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 1);
	off_t one = size_of(b->path), all;
	int fd;

	journal_close(j);
	journal_close(open_with(b, 3));
	all = size_of(b->path);
	fd = open(b->path, O_WRONLY);
	assert_int_equal(pwrite(fd, "X", 1, one + 49), 1);
	(void)close(fd);
	j = open_with(b, 0);
	assert_string_equal(content(b, j), "1:5:one ");
	assert_int_equal(size_of(b->damaged), all - one);
	assert_int_equal(journal_next_seq(j), 5);
	assert_int_equal(journal_append(j, 8, "new", 3), 0);
	journal_close(j);
	j = open_with(b, 0);
	assert_string_equal(content(b, j), "1:5:one 5:8:new ");
	journal_close(j);
}

static void
test_lock(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 1);

	errno = 0;
	assert_null(journal_open(b->path));
	assert_int_equal(errno, EWOULDBLOCK);
	assert_int_equal(journal_compact(j, 0, 99), 0);
	assert_null(journal_open(b->path));
	assert_int_equal(errno, EWOULDBLOCK);
	journal_close(j);
	journal_close(open_with(b, 0));
}

static void
test_compact(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 3);

	assert_int_equal(journal_compact(j, 0, 99), 0);
	assert_string_equal(content(b, j), "1:5:one 2:6:two 3:7:three ");
	assert_int_equal(b->this_boot, 3);
	assert_int_equal(journal_compact(j, clock_wall_ms() + 1000, 99), 0);
	assert_string_equal(content(b, j), "");
	assert_int_equal(journal_next_seq(j), 4);
	journal_close(j);
	j = open_with(b, 0);
	assert_int_equal(journal_next_seq(j), 4);
	assert_int_equal(journal_append(j, 5, "four", 4), 0);
	journal_close(j);
	j = open_with(b, 0);
	assert_string_equal(content(b, j), "4:5:four ");
	journal_close(j);
}

/* What Redis may lack stays, and all that is behind it. */
static void
test_compact_keeps_the_unconfirmed(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 3);
	int64_t later = clock_wall_ms() + 1000;

	assert_int_equal(journal_compact(j, later, 1), 0);
	assert_string_equal(content(b, j), "2:6:two 3:7:three ");
	assert_int_equal(journal_compact(j, later, 0), 0);
	assert_string_equal(content(b, j), "2:6:two 3:7:three ");
	assert_int_equal(journal_append(j, 8, "four", 4), 0);
	assert_int_equal(journal_restore(j), 0);
	journal_close(j);
	j = open_with(b, 0);
	assert_string_equal(content(b, j), "2:6:two 3:7:three 4:8:four ");
	journal_close(j);
}

/* RLIMIT_FSIZE stands for the full disk: a write stops in the middle. */
static void
test_full_disk(void **state)
{
	struct bench *b = *state;
	struct journal *j = open_with(b, 2);
	off_t size = size_of(b->path);
	struct rlimit kept, small;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &kept), 0);
	small = kept;
	small.rlim_cur = (rlim_t)size + 20;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(journal_append(j, 7, "three", 5), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(journal_restore(j), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &kept), 0);
	assert_int_equal(size_of(b->path), size);
	assert_int_equal(journal_restore(j), 0);
	assert_int_equal(journal_append(j, 7, "three", 5), 0);
	assert_string_equal(content(b, j), "1:5:one 2:6:two 3:7:three ");
	journal_close(j);
}

static void
test_no_such_directory(void **state)
{
	(void)state;
	errno = 0;
	assert_null(journal_open("/nonexistent/j"));
	assert_int_equal(errno, ENOENT);
	journal_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_survives_reopening),
		TEST(test_each_ends_early),
		TEST(test_torn_tail),
		TEST(test_damaged_middle),
		TEST(test_lock),
		TEST(test_compact),
		TEST(test_compact_keeps_the_unconfirmed),
		TEST(test_full_disk),
		TEST(test_no_such_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
