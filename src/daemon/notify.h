/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon tells the service manager: that it lives, and the line that
 * `systemctl status` shows.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

struct daemon;

/* To be called every few seconds, from the loop. Answers the watchdog only
 * while every worker is fresh (modem_is_fresh()). A worker that stays late even
 * after it was killed thus makes the manager restart the whole service. */
void notify_tick(struct daemon *);

#endif
