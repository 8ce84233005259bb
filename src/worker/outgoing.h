/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One segment on its way to the modem.
 */
#ifndef WORKER_OUTGOING_H
#define WORKER_OUTGOING_H

#include <stdbool.h>
#include <stdint.h>

#include "text/segment.h"

struct outgoing {
	const struct segments *segments;
	unsigned index;		/* from 0 */
	const char *phone;
	const char *smsc;	/* the message centre; known to submit.c */
	uint8_t concat_ref;	/* 3GPP TS 23.040 §9.2.3.24.1 */
	uint8_t reference;	/* TP-MR */
	bool report;		/* TP-SRR */
	bool reject_duplicates; /* TP-RD */
	int64_t validity_ms;
};

#endif
