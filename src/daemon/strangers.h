/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarm "strangers".
 */
#ifndef DAEMON_STRANGERS_H
#define DAEMON_STRANGERS_H

struct daemon;

/* lookup.strangers is used up. about: the modem that received the question, or
 * the pool. arg: the daemon. */
void strangers_cut(const char *about, void *arg);

/* Clears the alarm when a new hour has begun. */
void strangers_sweep(struct daemon *);

#endif
