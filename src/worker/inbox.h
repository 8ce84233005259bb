/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Incoming status reports, texts and calls. Each one is in the journal before
 * the daemon gets it.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdint.h>

struct ledger;
struct link;

/* Borrows all fields. imsi may be filled in later. */
struct inbox {
	struct ledger *ledger;
	struct link *link;
	const char *modem;
	char *imsi;
};

/* Where a PDU came from: the memory's name ("": directly, by +CMT or +CDS), and
 * its place there. */
struct pdu_place {
	const char *memory;
	int index;
};

void inbox_init(struct inbox *, struct ledger *, struct link *,
    const char *modem, char *imsi);

/* Takes one message as the modem has it: hexadecimal, with the centre's number
 * in front. It is a text, a report, or unreadable. */
void inbox_take(struct inbox *, const struct pdu_place *, const char *hex);

/* Takes a call that is over. caller: its number, "" when it was withheld. at:
 * wall clock, ms. */
void inbox_call(struct inbox *, char *caller, int64_t at);

#endif
