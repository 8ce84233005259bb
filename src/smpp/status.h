/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * command_status of SMPP, and its names.
 */
#ifndef SMPP_STATUS_H
#define SMPP_STATUS_H

#include <stdint.h>

#include "smpp/status.def"

enum smpp_status {
#define S(id, number, name) SMPP_STATUS_##id = number,
	SMPP_STATUSES(S)
#undef S
};

/* "ESME_RTHROTTLED"; NULL for a number that the specification does not
 * have (operators have numbers of their own from 0x400 on). */
const char *smpp_status_name(uint32_t status);

#endif
