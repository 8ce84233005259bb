/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads files whole and within bounds; for configuration, templates and
 * keys, which operators edit while the daemon runs.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

const char *
file_why(const char *path, int error)
{
	static char text[512];
	struct passwd *pw;
	struct stat st;
	char owner[64], me[64];

	if ((error != EACCES && error != EPERM) || stat(path, &st) == -1 ||
	    st.st_uid == geteuid())
		return strerror(error);
	pw = getpwuid(st.st_uid);
	(void)snprintf(owner, sizeof(owner), "%s", pw != NULL ? pw->pw_name
	    : "another user");
	pw = getpwuid(geteuid());
	(void)snprintf(me, sizeof(me), "%s", pw != NULL ? pw->pw_name
	    : "this user");
	(void)snprintf(text, sizeof(text), "%s: it belongs to %s, and this is "
	    "%s. Was it started as %s once? Then, as root: chown %s %s",
	    strerror(error), owner, me, owner, me, path);
	return text;
}

/* An open file, or -1 with *why. */
static int
open_regular(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		*why = file_why(path, errno);
	else if (S_ISDIR(st.st_mode))
		*why = "not a file but a folder";
	else if (!S_ISREG(st.st_mode))
		*why = "not a file but a pipe, a socket or a device";
	else
		return fd;
	if (fd != -1)
		(void)close(fd);
	return -1;
}

char *
file_read(const char *path, size_t max, size_t *n, const char **why)
{
	size_t room = 4096;
	char *data;
	ssize_t got = 0;
	int fd = open_regular(path, why);

	if (fd == -1)
		return NULL;
	data = xmalloc(room + 1);
	*n = 0;
	do {
		if (*n == room && room < max + 1) {
			room = room * 2 < max + 1 ? room * 2 : max + 1;
			data = xreallocarray(data, room + 1, 1);
		}
		got = read(fd, data + *n, room - *n);
		if (got > 0)
			*n += (size_t)got;
	} while ((got > 0 && *n <= max) || (got == -1 && errno == EINTR));
	*why = got == -1 ? strerror(errno)
	    : *n > max ? "too large" : NULL;
	(void)close(fd);
	data[*n] = '\0';
	if (*why == NULL)
		return data;
	free(data);
	return NULL;
}
