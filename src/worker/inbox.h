/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes in: status reports, texts, calls. Each one is in the journal
 * before the daemon hears of it.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdint.h>

struct ledger;
struct link;

/* All borrowed. imsi: may be filled in later. */
struct inbox {
	struct ledger *ledger;
	struct link *link;
	const char *modem;
	char *imsi;
};

/* Where a PDU came from: a memory's name, "" directly (+CMT, +CDS); and its
 * place there. */
struct pdu_place {
	const char *memory;
	int index;
};

void inbox_init(struct inbox *, struct ledger *, struct link *,
    const char *modem, char *imsi);

/* One message as the modem has it, in hexadecimal, with the centre's number
 * in front: a text, a report, or unreadable. */
void inbox_take(struct inbox *, const struct pdu_place *, const char *hex);

/* A call that is over. caller: its number, "" when it was withheld; at: wall
 * clock, ms. */
void inbox_call(struct inbox *, char *caller, int64_t at);

#endif
