/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One segment as libgammu wants it, and back: texts and user data headers
 * of what came in.
 */
#ifndef WORKER_PDU_H
#define WORKER_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include <gammu.h>

#include "worker/outgoing.h"


/* Fills *out. */
void pdu_fill(GSM_SMSMessage *out, const struct outgoing *);

/* The relative TP-VP octet (§9.2.3.12.1) of the longest time it can say
 * that is not over validity_ms; never under its least, 5 minutes. */
uint8_t pdu_validity(int64_t validity_ms);

/* UTF-8 of what libgammu decoded into sms->Text; "" for 8 bit data that is no
 * plain text. The caller frees. */
char *pdu_text(const GSM_SMSMessage *sms);

/* UTF-8 of a number; the caller frees. */
char *pdu_number(const unsigned char *number, size_t size);

struct concat {
	uint32_t reference, part, parts;
};
/* Its place among joined segments; 0, 1, 1 when it stands alone. */
struct concat pdu_concat(const GSM_SMSMessage *sms);

/* TP-SCTS to wall-clock milliseconds; 0 when it is no date. */
int64_t pdu_time(const GSM_DateTime *);

#endif
