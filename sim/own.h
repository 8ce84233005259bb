/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands that a modem runs as its brand does (brand.h).
 */
#ifndef SIM_OWN_H
#define SIM_OWN_H

#include "sim/modem_state.h"

#define ICCID_NIBBLES 20

/* Runs it, or refuses it; false: this brand does it as all do. */
bool own_run(struct modem *, const struct at_command *, int *result);

/* EF-ICCID (3GPP TS 31.102 §4.2.2): the nibbles of each octet swapped, F
 * behind the last digit. */
void own_swapped_iccid(const struct modem *, char out[ICCID_NIBBLES + 1]);

#endif
