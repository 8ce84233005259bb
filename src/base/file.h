/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading a whole file that somebody else may have changed into anything: a
 * folder, a pipe that nobody writes to, a device without end.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

/* The octets of a regular file of at most max octets, with a NUL behind
 * them, for the caller to free; *n: how many. Never waits for a pipe or a
 * device. NULL: *why is a clause that says the cause ("is a folder"),
 * borrowed until the next call. */
char *file_read(const char *path, size_t max, size_t *n, const char **why);

/* Why a file could not be opened, errno being error: its sentence, and whose
 * the file is when this user is not allowed. Borrowed until the next call. */
const char *file_why(const char *path, int error);

#endif
