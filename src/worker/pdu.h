/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns one segment into libgammu's form and back: texts and user data headers
 * of incoming messages.
 */
#ifndef WORKER_PDU_H
#define WORKER_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include <gammu.h>

#include "worker/outgoing.h"


/* Fills *out. */
void pdu_fill(GSM_SMSMessage *out, const struct outgoing *);

/* The relative TP-VP octet (§9.2.3.12.1) for the longest time that it can
 * express up to validity_ms, but never less than 5 minutes, its minimum. */
uint8_t pdu_validity(int64_t validity_ms);

/* UTF-8 of what libgammu decoded into sms->Text; "" for 8 bit data that is no
 * plain text. The caller frees. */
char *pdu_text(const GSM_SMSMessage *sms);

/* UTF-8 of a number; the caller frees. */
char *pdu_number(const unsigned char *number, size_t size);

struct concat {
	uint32_t reference, part, parts;
};
/* The segment's place in a concatenated message; 0, 1, 1 for a single one. */
struct concat pdu_concat(const GSM_SMSMessage *sms);

/* Converts TP-SCTS to wall-clock milliseconds; 0 when it is no date. */
int64_t pdu_time(const GSM_DateTime *);

#endif
