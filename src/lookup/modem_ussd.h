/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The front for USSD on a modem's own number. The network asks our SIM (+CUSD:
 * 1), and the dialogue engine answers, turn by turn.
 *
 * A SIM is a subscriber like any other: the network does not say whose question
 * it passes on. Anybody may have typed the text, so no telephone number in it
 * is believed. For the limits, the SIM is the asker: it has no dossiers of its
 * own, sees others by code and four digits, and all who come this way share the
 * limits and lock-outs of one phone.
 *
 * owns: the one session of each modem, its time and its end.
 * never does: answer a message that asks nothing; begin a session; send
 *	a lone digit that nobody typed (an operator's "press 1 to buy").
 */
#ifndef LOOKUP_MODEM_USSD_H
#define LOOKUP_MODEM_USSD_H

#include <stdbool.h>

struct conf;
struct event_base;
struct lookup;
struct modem_ussd;

struct modem_ussd_hooks {
	/* Sends this text to the network; the other one ends the session. */
	void (*dial)(const char *modem, const char *text, void *arg);
	void (*end)(const char *modem, void *arg);
};

/* Borrows what it is given. */
struct modem_ussd *modem_ussd_new(struct event_base *, const struct conf *,
    struct lookup *, const struct modem_ussd_hooks *, void *arg);
void modem_ussd_free(struct modem_ussd *);

/* The network spoke. status: <m> of +CUSD (3GPP TS 27.007 §7.15). */
void modem_ussd_heard(struct modem_ussd *, const char *modem,
    const char *imsi, unsigned status, const char *text);
/* The worker is gone, and with it the session. */
void modem_ussd_gone(struct modem_ussd *, const char *modem);

bool modem_ussd_is_open(const struct modem_ussd *, const char *modem);

/* The part behind the service code: "2305150001" for "*1022*2305150001#" and
 * for "2305150001"; "" for a sentence. out must be at least as long as text. */
void modem_ussd_input(const char *text, char *out);

#endif
