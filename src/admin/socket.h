/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file of a unix socket. It has its right mode from the start. The file of
 * a dead daemon is removed, that of a living one stays.
 */
#ifndef ADMIN_SOCKET_H
#define ADMIN_SOCKET_H

#include <sys/types.h>

struct socket_file {
	int fd;			/* -1: none */
	char *path;		/* owned */
	dev_t dev;
	ino_t ino;
};

/* Listens at path. Until the group is set, only the owner gets in. If the group
 * does not exist, this stays so, with a warning, because any other group would
 * be wrong; with "" it stays so without a warning. group NULL: the process's
 * own. Mode 0660, or 0600 for the owner alone. Returns 0 or -1 (logged). */
int socket_file_open(struct socket_file *, const char *path,
    const char *group);
/* Closes (unless fd was set to -1) and removes the file, if it is still the one
 * that was made. */
void socket_file_close(struct socket_file *);

#endif
