/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opens the control sockets and removes their files.
 */
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/socket.h"
#include "base/log.h"
#include "base/mem.h"

#define BACKLOG 64

static bool
somebody_answers(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	bool answers = fd != -1 && (connect(fd,
	    (const struct sockaddr *)address, sizeof(*address)) == 0 ||
	    errno == EAGAIN);

	if (fd != -1)
		(void)close(fd);
	return answers;
}

/* Removes what a killed daemon left at path. Returns 0, or -1 (logged). */
static int
clear_path(const struct sockaddr_un *address)
{
	const char *path = address->sun_path;
	struct stat st;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT)
			return 0;
		log_error("socket_failed", "path=%s error=\"%s\"", path,
		    strerror(errno));
		return -1;
	}
	if (!S_ISSOCK(st.st_mode)) {
		log_error("socket_failed", "path=%s error=\"there is a file "
		    "that is no socket\"", path);
		return -1;
	}
	if (somebody_answers(address)) {
		log_error("socket_failed", "path=%s error=\"another daemon "
		    "answers there\"", path);
		return -1;
	}
	if (unlink(path) == -1) {
		log_error("socket_failed", "path=%s error=\"can't remove the "
		    "old socket: %s\"", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* Returns 0; or -1 when the socket stays with its owner alone (logged, unless
 * that is what was wanted). */
static int
give_to_group(const char *path, const char *group)
{
	struct group *entry;

	if (group == NULL || *group == '\0')
		return 0;
	errno = 0;
	entry = getgrnam(group);
	if (entry != NULL && lchown(path, (uid_t)-1, entry->gr_gid) == 0)
		return 0;
	log_warning("socket_group", "path=%s group=%s error=\"%s\" "
	    "effect=\"only root and the daemon's own user get in\"", path,
	    group, entry == NULL && errno == 0 ? "no such group"
	    : strerror(errno));
	return -1;
}

int
socket_file_open(struct socket_file *file, const char *path,
    const char *group)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat st;
	mode_t mask;
	int rc;

	memset(file, 0, sizeof(*file));
	file->fd = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_error("socket_failed", "path=%s error=\"longer than %zu "
		    "octets\"", path, sizeof(address.sun_path) - 1);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (clear_path(&address) == -1)
		return -1;
	file->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	mask = umask(0177);
	rc = file->fd == -1 ? -1 : bind(file->fd,
	    (struct sockaddr *)&address, sizeof(address));
	(void)umask(mask);
	if (rc == -1 || lstat(path, &st) == -1 ||
	    (give_to_group(path, group) == 0 && chmod(path, 0660) == -1) ||
	    listen(file->fd, BACKLOG) == -1) {
		log_error("socket_failed", "path=%s error=\"%s\"", path,
		    strerror(errno));
		if (file->fd != -1)
			(void)close(file->fd);
		if (rc == 0)
			(void)unlink(path);
		file->fd = -1;
		return -1;
	}
	file->path = xstrdup(path);
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	return 0;
}

void
socket_file_close(struct socket_file *file)
{
	struct stat st;

	if (file->path != NULL && lstat(file->path, &st) == 0 &&
	    st.st_dev == file->dev && st.st_ino == file->ino)
		(void)unlink(file->path);
	if (file->fd != -1)
		(void)close(file->fd);
	free(file->path);
	memset(file, 0, sizeof(*file));
	file->fd = -1;
}
