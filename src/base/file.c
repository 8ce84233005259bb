/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads files whole and within bounds; for configuration, templates and
 * keys, which operators edit while the daemon runs.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* An open file, or -1 with *why. */
static int
open_regular(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		*why = strerror(errno);
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
