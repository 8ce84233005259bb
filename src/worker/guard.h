/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks messages from the air, which libgammu does not do. All PDUs here have
 * the centre's number in front (3GPP TS 27.005 §3.1).
 */
#ifndef WORKER_GUARD_H
#define WORKER_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include <gammu.h>

#define GUARD_PDU_MAX 300 /* octets looked at; sound ones have 180 */
#define GUARD_HEAD    80  /* size for guard_head(), with the NUL */

/* How many octets of this PDU libgammu may read. Returns 0 when its lengths
 * contradict n or 3GPP TS 23.040. For a status report, the user data is left
 * out. */
size_t guard_sound(const uint8_t *data, size_t n);

/* Decodes the PDU. Returns NULL, or a word that says why not: "malformed"
 * (guard_sound), "not_supported" (libgammu gives up: compressed, a sender of an
 * impossible type, …). */
const char *guard_decode(const uint8_t *data, size_t n, GSM_SMSMessage *out);

/* Returns "deliver", "submit" (a draft), "report", "reserved" (TP-MTI,
 * §9.2.3.1), or "none" when the PDU is too short. */
const char *guard_kind(const uint8_t *data, size_t n);

/* Writes the part before the text, from TP-MTI to TP-UDL, in hexadecimal, with
 * "xx" for the digits of the sender's number. */
void guard_head(const uint8_t *data, size_t n, char *out, size_t size);

#endif
