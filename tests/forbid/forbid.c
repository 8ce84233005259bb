/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded into a worker: once the file that BAOTIN_TEST_FORBID names is
 * there, the next fdatasync() starts a program instead, as somebody would
 * who has taken the worker over. For tests/flow/test_confine.py.
 */
#include <sys/syscall.h>
#include <stdlib.h>
#include <unistd.h>

int
fdatasync(int fd)
{
	const char *file = getenv("BAOTIN_TEST_FORBID");
	static char program[] = "/bin/true";
	char *const argv[] = {program, NULL};

	if (file != NULL && unlink(file) == 0)
		(void)execv(program, argv);
	return (int)syscall(SYS_fdatasync, fd);
}
