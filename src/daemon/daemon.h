/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The start list and its mirror: starts all parts of the daemon, runs it until
 * a signal ends it, and stops the parts. For main.c.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

struct daemon;

/* Blocks SIGHUP and SIGUSR1 until the daemon can handle them. */
void daemon_block_signals(void);

/* Makes sure that no other daemon works with our state_dir. Returns 0, or -1
 * (the reason is on stderr). */
int daemon_lock(struct daemon *);

/* Runs until a signal ends it. Returns the exit status. 0: it ended as asked.
 * 1: it failed. 2: it can't run before somebody changes something. */
int daemon_run(struct daemon *);

#endif
