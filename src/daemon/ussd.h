/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD of the modems, for operators and for citizens.
 */
#ifndef DAEMON_USSD_H
#define DAEMON_USSD_H

struct admin_request;
struct daemon;
struct modem;
struct proto_ussd;

void ussd_start(struct daemon *);	/* after modems and lookup */
void ussd_stop(struct daemon *);

/* For modem_hooks and admin_hooks; arg: the daemon. */
void ussd_heard(struct modem *, const struct proto_ussd *, void *arg);
void ussd_dial(const char *modem, const char *code, struct admin_request *,
    void *arg);

#endif
