/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libgammu does not check in messages from the air.
 */
#ifndef WORKER_GUARD_H
#define WORKER_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a malformed message has for a sender. */
#define GUARD_SENDER "?"

/* How many octets of this PDU may be shown to libgammu; 0 when its lengths
 * do not agree with n or with 3GPP TS 23.040. Of a status report the user
 * data is left out. has_centre: the centre's number is in front (3GPP TS
 * 27.005 §3.1). */
size_t guard_sound(const uint8_t *data, size_t n, bool has_centre);

/* True when libgammu calls the guard instead of its own decoder. */
bool guard_is_ours(void);

#endif
