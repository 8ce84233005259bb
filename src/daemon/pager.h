/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Alarms as texts to the people of alarms.notify: by another SIM than the one
 * that an alarm is about where there is one, each alarm at most once an hour
 * and ten texts a day, until somebody texts OK back. What no modem could send
 * is told when one can again.
 */
#ifndef DAEMON_PAGER_H
#define DAEMON_PAGER_H

struct daemon;
struct question;

/* Called every few seconds. */
void pager_tick(struct daemon *);

/* A text came in, for the first time: is it somebody's OK? */
void pager_heard(struct daemon *, const struct question *);

#endif
