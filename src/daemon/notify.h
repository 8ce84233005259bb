/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the service manager hears of the running daemon: that it lives, and
 * the line that `systemctl status` shows.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

struct daemon;

/* Every few seconds, from the loop. The watchdog is answered only while every
 * worker is fresh (modem_is_fresh()): one that stays late even after it was
 * killed lets the manager start all anew. */
void notify_tick(struct daemon *);

#endif
