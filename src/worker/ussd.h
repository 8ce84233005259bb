/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD of the modem's own SIM: receives what the network says (+CUSD, 3GPP TS
 * 27.007 §7.15) and sends answers and codes, between the texts.
 */
#ifndef WORKER_USSD_H
#define WORKER_USSD_H

#include <stdbool.h>

#include <gammu.h>

#include "worker/ussd_text.h"

struct worker;

struct ussd {
	char *dial;		/* to be sent; NULL: nothing */
	bool wants_cancel;
	bool is_ucs2;		/* AT+CSCS is UCS2 for this dial */
	bool is_waiting;	/* dialled, without an answer yet */
};

/* Takes a DIAL. Copies text; is_cancel ends the session instead. */
void ussd_take(struct worker *, const char *text, bool is_cancel);
void ussd_clear(struct worker *);

/* Sends what waits. Nothing may be on the air. Returns false when nothing
 * waited. */
bool ussd_step(struct worker *);

/* Takes a "+CUSD: …" line that we read ourselves. */
void ussd_stray(struct worker *, const char *line);

/* The library's callback. User data: the worker. */
void ussd_cb(GSM_StateMachine *, GSM_USSDMessage *, void *);

#endif
