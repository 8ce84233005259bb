/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The modem's device file.
 */
#ifndef WORKER_TTY_H
#define WORKER_TTY_H

#include <stddef.h>

/* Opens the device raw at 115200 baud, non-blocking, and locks it as
 * libgammu does. -1 (logged, with the process that holds it), and *reason
 * "missing", "held", "denied" or "broken". holders, "" unless it is held:
 * who holds it, as "ModemManager[712]". */
int tty_open(const char *modem, const char *device, const char **reason,
    char *holders, size_t size);
/* The same of a port that may be anything, without a word: -1 unless it is a
 * terminal that nobody holds. */
int tty_try(const char *device);
void tty_close(int fd);

/* The descriptor that this process has open on device, found through
 * /proc/self/fd: libgammu does not tell its own. -1: none. */
int tty_find(const char *device);

#endif
