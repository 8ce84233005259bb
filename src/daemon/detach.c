/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Going to the background. The starting process waits until the daemon says
 * that it works and exits with the matching status. Until then the daemon's
 * errors go to stderr, too.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/detach.h"
#include "daemon/state.h"

/* The starting process: exits with 0 when the daemon works, else with the
 * daemon's status. */
static void __attribute__((noreturn))
wait_for_word(int fd, pid_t pid)
{
	char word;
	int status = 0;
	ssize_t n;

	do
		n = read(fd, &word, 1);
	while (n == -1 && errno == EINTR);
	if (n == 1)
		_exit(0);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		_exit(WEXITSTATUS(status));
	fputs("baotind: it ended before it could work\n", stderr);
	_exit(1);
}

int
detach_begin(struct daemon *d)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		perror("baotind: can't go to the background");
		return -1;
	}
	if (pid != 0) {
		(void)close(fds[1]);
		wait_for_word(fds[0], pid);
	}
	(void)close(fds[0]);
	d->starter = fds[1];
	(void)setsid();
	if (chdir("/") == -1)
		perror("baotind: /");
	return 0;
}

void
detach_tell(struct daemon *d)
{
	int null;

	if (d->starter == -1)
		return;
	/* From now on there is no stderr. */
	log_echo_errors(false);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3 && null != -1; fd++)
		(void)dup2(null, fd);
	if (null > 2)
		(void)close(null);
	if (write(d->starter, "", 1) != 1)
		log_warning("starter_gone", "error=\"%s\"", strerror(errno));
	(void)close(d->starter);
	d->starter = -1;
}
