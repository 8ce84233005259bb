/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD as phones see it: what is dialled goes to the operator's own answers
 * (ussd.h) or, for the service code, to the application behind it.
 *
 * owns: the sessions, at most one per phone.
 * promises: each dial and each reply is followed by one event "ussd" for
 *	those who listen to that phone: "text" and "asks", or "error".
 */
#ifndef SIM_DIAL_H
#define SIM_DIAL_H

#include "sim/sim.h"

struct dial_service;

/* NULL: the options --ussd-url, --ussd-token are of no use (told). */
struct dial_service *dial_service_new(struct sim *);
void dial_service_free(struct dial_service *);

/* phone: as centre_normalise() writes it. Each returns NULL, or a sentence
 * of why not. */
const char *dial_begin(struct dial_service *, const char *phone,
    const char *code);
const char *dial_reply(struct dial_service *, const char *phone,
    const char *text);
const char *dial_cancel(struct dial_service *, const char *phone);

#endif
