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

/* The network's answer. status: the session's ("done", "asks", "not_supported"
 * …). NULL: no answer came, and text says why. */
typedef void ussd_answered(struct daemon *, const char *modem,
    const char *status, const char *text, void *arg);

/* Dials a code. The modem must be able to send and have no session. Returns 0:
 * done is called once, later; -1: not now. */
int ussd_ask(struct daemon *, const char *modem, const char *code,
    ussd_answered *done, void *arg);

/* For modem_hooks and admin_hooks; arg: the daemon. */
void ussd_heard(struct modem *, const struct proto_ussd *, void *arg);
void ussd_dial(const char *modem, const char *code, struct admin_request *,
    void *arg);

#endif
