/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A citizen's phone: on or off, an inbox, and what the centre shall report
 * about texts to it.
 */
#ifndef SIM_HANDSET_H
#define SIM_HANDSET_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "sim/join.h"
#include "sim/sim.h"

/* How a phone treats a text, and its status report. */
#define REPORT_MODES(X)                                                       \
	X(NOW, "now")	      /* delivered, reported after the report delay */\
	X(LATE, "late")	      /* delivered, reported later */                 \
	X(NEVER, "never")     /* delivered, no report */                      \
	X(TWICE, "twice")     /* delivered, the same report two times */      \
	X(FAILED, "failed")   /* not delivered, and reported so */            \
	X(PENDING, "pending") /* held, reported so, until the phone is on */

enum report_mode {
#define X(id, name) REPORT_##id,
	REPORT_MODES(X)
#undef X
};

const char *report_mode_name(enum report_mode);

/* 0, or -1: no such word. */
int report_mode_parse(const char *name, enum report_mode *out);

struct report_policy {
	enum report_mode mode;
	unsigned late_ms;
	uint8_t status; /* TP-ST of FAILED and PENDING */
	/* How the report writes the recipient (TP-RA): this number, with this
	 * type octet (3GPP TS 23.040 §9.1.2.5); "" and 0: as it was sent. */
	char recipient[SIM_NUMBER_SIZE];
	uint8_t type;
};

struct inbox_text {
	TAILQ_ENTRY(inbox_text) entry;
	uint64_t id;
	char modem[SIM_NAME_SIZE];
	char from[SIM_NUMBER_SIZE];
	char *text;
	const char *coding;
	unsigned segments;
	bool is_duplicate;
	int64_t arrived_us;
};

struct handset {
	TAILQ_ENTRY(handset) entry;
	char number[SIM_NUMBER_SIZE];
	bool is_off;
	bool has_policy;
	struct report_policy policy;
	struct joiner *joiner;
	TAILQ_HEAD(, inbox_text) inbox;
	unsigned n_texts;
	unsigned n_segments;
};

TAILQ_HEAD(handset_list, handset);

/* The one of that number; made when it is new. */
struct handset *handset_get(struct handset_list *, const char *number);

/* Takes the text. */
void handset_give_text(struct handset *, struct inbox_text *);

/* Forgets inbox and open parts; the settings stay. */
void handset_clear(struct handset *);

void handset_free_all(struct handset_list *);

#endif
