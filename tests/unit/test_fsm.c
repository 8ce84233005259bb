/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state machine by table, on a small door.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/fsm.h"
#include "base/log.h"

enum { OPEN, CLOSED, LOCKED, BURNT };

struct door {
	char story[256];
	unsigned changes;
};

static void
tell(struct fsm *f, const char *what)
{
	struct door *door = f->user;
	size_t n = strlen(door->story);

	snprintf(door->story + n, sizeof(door->story) - n, "%s;", what);
}

static const struct fsm_state states[] = {
	[OPEN] = {"open", FSM_TO(CLOSED) | FSM_TO(OPEN)},
	[CLOSED] = {"closed", FSM_TO(LOCKED)},
	[LOCKED] = {"locked", FSM_TO(OPEN) | FSM_TO(BURNT)},
	[BURNT] = {"burnt", 0},
};

static void
changed(struct fsm *f, unsigned from, unsigned to)
{
	char text[64];

	snprintf(text, sizeof(text), "%s>%s", f->states[from].name,
	    f->states[to].name);
	tell(f, text);
	((struct door *)f->user)->changes++;
}

static void
init(struct fsm *f, struct door *door)
{
	memset(door, 0, sizeof(*door));
	fsm_init(f, "door", "front door", states, 4, LOCKED, door);
	f->on_change = changed;
}

static void
test_order(void **state)
{
	struct door door;
	struct fsm f;

	(void)state;
	init(&f, &door);
	assert_string_equal(fsm_state_name(&f), "locked");
	assert_string_equal(door.story, "");
	fsm_go(&f, OPEN);
	assert_string_equal(door.story, "locked>open;");
	fsm_go(&f, OPEN);
	assert_int_equal(door.changes, 2);
	door.story[0] = '\0';
	fsm_go(&f, CLOSED);
	fsm_go(&f, LOCKED);
	assert_string_equal(door.story, "open>closed;closed>locked;");
	assert_int_equal(f.state, LOCKED);
}

static void
test_mask(void **state)
{
	struct door door;
	struct fsm f;

	(void)state;
	init(&f, &door);
	assert_true(fsm_may_go(&f, OPEN));
	assert_true(fsm_may_go(&f, BURNT));
	assert_false(fsm_may_go(&f, LOCKED));
	assert_false(fsm_may_go(&f, CLOSED));
	assert_false(fsm_may_go(&f, 4));
	assert_false(fsm_may_go(&f, 4000));
}

/* Runs a step in a child with stderr in a file; returns the wait status. */
static int
step_in_child(unsigned to, char *output, size_t size)
{
	FILE *file = tmpfile();
	int status;
	pid_t pid;

	assert_non_null(file);
	fflush(NULL);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		struct door door;
		struct fsm f;

		signal(SIGABRT, SIG_DFL);
		dup2(fileno(file), STDERR_FILENO);
		init(&f, &door);
		f.since_ms -= 12345;
		fsm_go(&f, to);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rewind(file);
	output[fread(output, 1, size - 1, file)] = '\0';
	fclose(file);
	return status;
}

static void
test_log_line(void **state)
{
	char output[512];
	int status = step_in_child(BURNT, output, sizeof(output));

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_non_null(strstr(output, " door_state door=\"front door\" "
	    "from=locked to=burnt after=12.3"));
	assert_ptr_equal(strchr(output, '\n'), strrchr(output, '\n'));
}

static void
test_forbidden(void **state)
{
	char output[512];
	int status = step_in_child(CLOSED, output, sizeof(output));

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(output, "from=locked to=closed"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_log_line),
		cmocka_unit_test(test_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
