/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Owns the TPDUs of 3GPP TS 23.040 that cross a modem: SMS-SUBMIT is read
 * (§9.2.2.2), SMS-DELIVER (§9.2.2.1) and SMS-STATUS-REPORT (§9.2.2.3) are
 * written. Pure functions on bytes.
 */
#ifndef SIM_PDU_H
#define SIM_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/payload.h"
#include "sim/sim.h"

#define PDU_SIZE 176 /* a SUBMIT is the longest TPDU: 14 + 12 + 141 at most */

struct submit {
	uint8_t mr;
	bool has_rd;
	bool has_srr;
	uint8_t pid;
	uint8_t dcs;
	int vp; /* relative TP-VP octet; -1: none, or another format */
	char to[SIM_NUMBER_SIZE];
	struct payload payload;
};

/* Reads a TPDU (no service centre address). 0, or -1: no valid SUBMIT. */
int submit_decode(const uint8_t *tpdu, size_t n, struct submit *out);

/* Seconds of a relative TP-VP (§9.2.3.12.1). */
int64_t submit_validity_s(int vp);

/* Both return the octets of the TPDU. from: digits, "+digits" or a name of
 * up to 11 characters; at_ms: TP-SCTS, wall clock. */
size_t deliver_encode(const char *from, int64_t at_ms, const struct payload *,
    uint8_t out[PDU_SIZE]);

struct status_report {
	uint8_t mr;
	uint8_t status; /* TP-ST, §9.2.3.15 */
	const char *to;
	uint8_t type; /* its type octet; 0: the one that its form asks for */
	int64_t sent_at_ms;
	int64_t done_at_ms;
};

size_t report_encode(const struct status_report *, uint8_t out[PDU_SIZE]);

#endif
