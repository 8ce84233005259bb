/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The operator's USSD service: answers by the code dialled. An answer to
 * "*100#" may be a menu: what is then typed is looked up as "*100#/1" and
 * so on, and a code with longer ones below it asks back.
 */
#ifndef SIM_USSD_H
#define SIM_USSD_H

#include <stdbool.h>

#include "sim/sim.h"

/* With an answer to "*101#". */
struct ussd_service *ussd_service_new(void);
void ussd_service_free(struct ussd_service *);

void ussd_service_set(struct ussd_service *, const char *path,
    const char *text);

/* Borrowed; NULL: no such service. */
const char *ussd_service_answer(const struct ussd_service *, const char *path,
    bool *asks);

#endif
