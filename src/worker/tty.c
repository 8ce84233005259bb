/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opens the modem's tty, and finds out which process holds it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/tty.h"

/* Finds the descriptor below dir (a /proc/…/fd) that is this file; -1: none. */
static int
find_fd(const char *dir, const char *file)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int found = -1;

	while (d != NULL && found == -1 && (e = readdir(d)) != NULL) {
		char link[PATH_MAX], target[PATH_MAX];
		ssize_t n;

		(void)snprintf(link, sizeof(link), "%s/%s", dir, e->d_name);
		n = readlink(link, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (strcmp(target, file) == 0)
			found = atoi(e->d_name);
	}
	if (d != NULL)
		(void)closedir(d);
	return found;
}

int
tty_find(const char *device)
{
	char file[PATH_MAX];

	if (realpath(device, file) == NULL)
		return -1;
	return find_fd("/proc/self/fd", file);
}

static void
append_holder(const char *pid, char *out, size_t size)
{
	char path[PATH_MAX], comm[64] = "?";
	size_t used = strlen(out);
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	if ((f = fopen(path, "re")) != NULL) {
		if (fgets(comm, sizeof(comm), f) != NULL)
			comm[strcspn(comm, "\n")] = '\0';
		(void)fclose(f);
	}
	(void)snprintf(out + used, size - used, "%s%s[%s]",
	    used > 0 ? "," : "", comm, pid);
}

/* Writes "ModemManager[712]", with commas between several; "" when none is
 * visible (only root can see another user's processes). */
static void
name_holders(const char *device, char *out, size_t size)
{
	char file[PATH_MAX], path[PATH_MAX];
	DIR *d = opendir("/proc");
	struct dirent *e;

	out[0] = '\0';
	if (realpath(device, file) == NULL)
		file[0] = '\0';
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]) ||
		    atoi(e->d_name) == getpid())
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%.20s/fd",
		    e->d_name);
		if (find_fd(path, file) != -1)
			append_holder(e->d_name, out, size);
	}
	if (d != NULL)
		(void)closedir(d);
}

static const char *
reason_of(int error)
{
	if (error == ENOENT || error == ENXIO || error == ENODEV)
		return "missing";
	if (error == EBUSY || error == EWOULDBLOCK)
		return "held";
	return error == EACCES || error == EPERM ? "denied" : "broken";
}

static int
make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) == -1)
		return -1;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	/* Closing must not drop DTR: many modems then forget their PIN. */
	t.c_cflag &= ~(tcflag_t)HUPCL;
	(void)cfsetispeed(&t, B115200);
	(void)cfsetospeed(&t, B115200);
	return tcsetattr(fd, TCSANOW, &t);
}

int
tty_open(const char *modem, const char *device, const char **reason,
    char *holders, size_t size)
{
	int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int error;

	holders[0] = '\0';
	/* A killed worker leaves TIOCEXCL behind if another process keeps the
	 * tty open. Then the lock decides. */
	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		(void)ioctl(fd, TIOCNXCL);
		if (make_raw(fd) == 0)
			return fd;
	}
	error = errno;
	*reason = reason_of(error);
	if (strcmp(*reason, "held") == 0)
		name_holders(device, holders, size);
	log_error("modem_open", "modem=%s device=%s reason=%s holders=%s "
	    "error=\"%s\"", modem, device, *reason,
	    holders[0] != '\0' ? holders : "-", strerror(error));
	if (fd != -1)
		(void)close(fd);
	return -1;
}

int
tty_try(const char *device)
{
	int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1 || (isatty(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    make_raw(fd) == 0))
		return fd;
	(void)close(fd);
	return -1;
}

void
tty_close(int fd)
{
	if (fd == -1)
		return;
	(void)flock(fd, LOCK_UN);
	(void)close(fd);
}
