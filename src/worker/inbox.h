/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes in: status reports, texts, calls. Each is journalled and told;
 * where a stored one is deleted is worker/stored.h.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct inbox {
	unsigned n_unacknowledged;	/* +CDS and +CMT that want AT+CNMA */
	int64_t ring_deadline;		/* a ring before it: the same call */
	unsigned rings;			/* of this call */
	int64_t ask_deadline;		/* then AT+CLCC is asked; 0: not */
	bool has_known_caller;		/* in this session, of any call */
	char *caller;			/* of it, until it is told; or NULL */
	int64_t called_at;
	bool wants_reject;
};

/* Where a PDU came from: a memory's name, "" directly (+CMT, +CDS); and its
 * place there. */
struct pdu_place {
	const char *memory;
	int index;
};

void inbox_clear(struct worker *);

/* Rejects the call that rings, or reads what is stored; nothing may be on
 * the air. False when there was nothing to do. */
bool inbox_step(struct worker *);

/* One message as the modem has it, in hexadecimal, with the centre's number
 * in front: journalled and told as a text, a report, or unreadable. */
void inbox_take(struct worker *, const struct pdu_place *, const char *hex);

/* Until when the call that rings may ring again; INT64_MAX: none does. Then,
 * or when the worker ends, it is over and told. */
int64_t inbox_call_deadline(const struct worker *);
/* When inbox_step() asks who calls, because no +CLIP came; INT64_MAX: it does
 * not. */
int64_t inbox_ask_deadline(const struct worker *);
void inbox_end_call(struct worker *);

/* A line that came in by itself (worker/at.h); arg is the worker. */
void inbox_stray(const char *line, void *arg);

#endif
