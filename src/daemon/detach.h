/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The background: the process that started the daemon waits for its word.
 */
#ifndef DAEMON_DETACH_H
#define DAEMON_DETACH_H

struct daemon;

/* Goes to the background. The starting process waits until the daemon works
 * or has ended, and exits with 0 or with the daemon's status. Returns 0 in
 * the daemon, or -1 (the reason is on stderr). */
int detach_begin(struct daemon *);

/* Lets the starting process and its terminal go, because the daemon works.
 * Does nothing when there is none, or when it went before. */
void detach_tell(struct daemon *);

#endif
