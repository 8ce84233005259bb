/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD of the modem's own SIM: what the network says (+CUSD, 3GPP TS 27.007
 * §7.15), and what it is answered or asked, between the sends.
 */
#ifndef WORKER_USSD_H
#define WORKER_USSD_H

#include <stdbool.h>

#include <gammu.h>

#include "worker/ussd_text.h"

struct worker;

struct ussd {
	char *dial;		/* to be said to the network; NULL nothing */
	bool wants_cancel;
	bool is_ucs2;		/* AT+CSCS, while that is dialled */
	bool is_waiting;	/* dialled, and the network is silent yet */
};

/* Takes a DIAL: text copied; is_cancel ends the session instead. */
void ussd_take(struct worker *, const char *text, bool is_cancel);
void ussd_clear(struct worker *);

/* Says what waits; nothing may be on the air. False: nothing waited. */
bool ussd_step(struct worker *);

/* "+CUSD: …" read by ourselves. */
void ussd_stray(struct worker *, const char *line);

/* The library's callback; user data is the worker. */
void ussd_cb(GSM_StateMachine *, GSM_USSDMessage *, void *);

#endif
