/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libgammu does not check in messages from the air. All PDUs here have
 * the centre's number in front (3GPP TS 27.005 §3.1).
 */
#ifndef WORKER_GUARD_H
#define WORKER_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include <gammu.h>

#define GUARD_PDU_MAX 300 /* octets that are looked at; sound ones: 180 */
#define GUARD_HEAD    80  /* of guard_head(), with its end */

/* How many octets of this PDU may be shown to libgammu; 0 when its lengths
 * do not agree with n or with 3GPP TS 23.040. Of a status report the user
 * data is left out. */
size_t guard_sound(const uint8_t *data, size_t n);

/* Decodes it. NULL; or why not, a word: "malformed" (guard_sound),
 * "not_supported" (libgammu gives up: compressed, a sender of an impossible
 * type, …). */
const char *guard_decode(const uint8_t *data, size_t n, GSM_SMSMessage *out);

/* "deliver", "submit" (a draft), "report", "reserved" (TP-MTI, §9.2.3.1), or
 * "none" when it is too short. */
const char *guard_kind(const uint8_t *data, size_t n);

/* The octets in front of the text, from TP-MTI to TP-UDL, in hexadecimal, with
 * "xx" for the digits of the sender's number. */
void guard_head(const uint8_t *data, size_t n, char *out, size_t size);

#endif
