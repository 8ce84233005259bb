/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The background: who started the daemon waits for its word. For daemon.c.
 */
#ifndef DAEMON_DETACH_H
#define DAEMON_DETACH_H

struct daemon;

/* We work: lets the starting process go, and its terminal. Nothing when there
 * is none, or it went before. */
void starter_tell(struct daemon *);

#endif
