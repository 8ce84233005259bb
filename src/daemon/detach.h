/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Going to the background: the starting process waits until the daemon works.
 */
#ifndef DAEMON_DETACH_H
#define DAEMON_DETACH_H

struct daemon;

/* Goes to the background. The starting process waits until the daemon works
 * or has ended, and exits with 0 or with the daemon's status. Returns 0 in
 * the daemon, or -1 (the reason is on stderr). */
int detach_begin(struct daemon *);

/* The daemon works: lets the starting process exit, and gives up its terminal.
 * Does nothing in the foreground, or after the first call. */
void detach_tell(struct daemon *);

#endif
