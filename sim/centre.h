/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The message centre. Owns the phones and every text between a modem and a
 * phone; makes the status reports.
 * Promises: a submit is taken or refused at once; a report is made only for
 * TP-SRR and never before the report delay.
 */
#ifndef SIM_CENTRE_H
#define SIM_CENTRE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/handset.h"
#include "sim/pdu.h"
#include "sim/sim.h"

#define CMS_DUPLICATE 197 /* "SM rejected - duplicate SM", §9.2.3.22 */

struct segment_record;

struct centre *centre_new(struct sim *);
void centre_free(struct centre *);

/* "0912…" and "84912…" of an international number as "+84912…"; short
 * codes stay. out may be number. */
void centre_normalise(const char *number, char out[SIM_NUMBER_SIZE]);

/* Whether the centre takes a segment: 0, else the CMS cause. TP-RD is
 * honoured while the centre holds a text with that TP-MR from that modem
 * to that phone (23.040 §9.2.3.25). */
int centre_check(struct centre *, const struct modem *, const struct submit *);

/* Takes it: to its phone, or held. The record is written before the text
 * that the segment makes whole, and says whether the phone knew it. */
void centre_take(struct centre *, const struct modem *, const struct submit *,
    struct segment_record *);

/* A text from a phone to a modem, cut into parts. parts_reversed sends the
 * last one first. at_ms: TP-SCTS. -1: too long. */
int centre_send(struct centre *, struct modem *, const char *from,
    const char *text, bool is_reversed, int64_t at_ms);

void centre_set_policy(struct centre *, const char *to,
    const struct report_policy *);

/* Turned on, a phone gets what the centre holds for it. */
void centre_switch_phone(struct centre *, const char *number, bool is_on);

struct handset_list *centre_handsets(struct centre *);

struct centre_counters {
	uint64_t submits;
	uint64_t duplicates;
	uint64_t refused; /* TP-RD */
	uint64_t texts;
	uint64_t reports;
	uint64_t incoming; /* segments to modems */
	unsigned held;
};

void centre_count(const struct centre *, struct centre_counters *out);

/* Empties inboxes, what is held and the reports under way; counters to 0. */
void centre_clear(struct centre *);

#endif
