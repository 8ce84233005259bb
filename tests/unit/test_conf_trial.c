/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The process that reads a file first, and somebody who kills it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"

#define TEXT "modems: ( { name = \"m\"; device = \"/dev/m\"; } );\n"

static unsigned n_kills;	/* children to come that somebody kills */

pid_t
waitpid(pid_t pid, int *status, int options)
{
	pid_t ended = wait4(pid, status, options, NULL);

	if (ended == pid && n_kills > 0) {
		n_kills--;
		*status = SIGKILL;
	}
	return ended;
}

static void
collect(const char *text, void *arg)
{
	char **last = arg;

	free(*last);
	*last = xstrdup(text);
}

/* 10.8: its death says nothing of the file. */
static void
issue10_8_a_trial_that_is_killed_is_made_again(void **state)
{
	char path[] = "/tmp/baotin-trial-XXXXXX", *fault = NULL;
	int fd = mkstemp(path);
	struct conf *conf;

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, TEXT, strlen(TEXT)), strlen(TEXT));
	(void)close(fd);
	n_kills = 2;
	conf = conf_load(path, collect, NULL, &fault);
	assert_null(fault);
	assert_non_null(conf);
	conf_free(conf);
	n_kills = 1000;
	assert_null(conf_load(path, collect, NULL, &fault));
	assert_non_null(strstr(fault, "somebody killed the process"));
	free(fault);
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    issue10_8_a_trial_that_is_killed_is_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
