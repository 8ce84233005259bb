/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the processes give up. doc/design/confinement.md has
 * the reasons.
 *
 * owns: no_new_privs, resource limits, the two filters of system calls, the
 *	worker's Landlock rules.
 * promises: one log line ("confined") says what is in force; what the
 *	kernel lacks is said there, and nothing else fails for it.
 * never does: loosen anything; there is no way back for a process.
 */
#ifndef CONFINE_CONFINE_H
#define CONFINE_CONFINE_H

#include <stdbool.h>

/* The daemon, before it reads anything from outside and before its first
 * worker: files are its own alone (umask), no core dumps, no new
 * privileges, and the list of calls that neither it nor any worker may
 * make, for such filters survive exec. */
void confine_daemon(void);

/* A worker, once its tty, libgammu, journal and log are open: no sockets,
 * no processes, no new code; of files only its tty and its journal's
 * folder. A call that is not on its list ends it by SIGSYS, with a log
 * line that names the call. */
void confine_worker(const char *modem, const char *device,
    const char *journal);

/* --- between the files of this folder ------------------------------------ */

/* "sanitizers", "coverage", "valgrind", or NULL: what the program is built
 * with, or runs under, and what needs more calls and files than baotin. */
const char *confine_instrument(void);

/* 0, or -1 with errno. */
int confine_deny(void);
int confine_allow(const char *modem);

/* Landlock's version here, 0 when the kernel has none; -1 with errno. */
int confine_files(const char *device, const char *folder);

#endif
