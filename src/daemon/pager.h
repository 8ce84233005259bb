/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sends alarms as texts to the people of alarms.notify. It avoids the SIM that
 * an alarm is about where there is another one. It sends each alarm at most
 * once an hour, and ten texts a day, until somebody texts OK back. If no modem
 * can send, it tells of the alarm when one can again.
 */
#ifndef DAEMON_PAGER_H
#define DAEMON_PAGER_H

struct daemon;
struct question;

/* Called every few seconds. */
void pager_tick(struct daemon *);

/* A text came in for the first time: is it an OK from one of those people? */
void pager_heard(struct daemon *, const struct question *);

#endif
