/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an operator may do with a modem: pin, pause, resume, drain, reset.
 */
#ifndef DAEMON_MANAGE_H
#define DAEMON_MANAGE_H

struct admin_request;

/* For admin_hooks; arg: the daemon. */
void manage_pin(const char *modem, const char *pin, struct admin_request *,
    void *arg);
void manage_probe(const char *modem, struct admin_request *, void *arg);
void manage_reset(const char *modem, struct admin_request *, void *arg);
/* word: of MODEM_WISHES. */
void manage_wish(const char *modem, const char *word,
    struct admin_request *, void *arg);

#endif
