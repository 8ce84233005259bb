/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The modem's device file.
 */
#ifndef WORKER_TTY_H
#define WORKER_TTY_H

#include <stddef.h>

/* Opens the device raw at 115200 baud, non-blocking, and locks it as libgammu
 * does. Returns -1 (logged, with the process that holds it), and *reason
 * "missing", "held", "denied" or "broken". holders: who holds it, as
 * "ModemManager[712]"; "" unless it is held. */
int tty_open(const char *modem, const char *device, const char **reason,
    char *holders, size_t size);
/* The same for a port that may be anything, without logging. Returns -1 unless
 * it is a terminal that nobody holds. */
int tty_try(const char *device);
void tty_close(int fd);

/* Finds our own descriptor for device, by /proc/self/fd, because libgammu does
 * not give out its own. Returns -1: none. */
int tty_find(const char *device);

#endif
