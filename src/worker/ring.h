/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A call that rings. It is rejected at the second ring, so that the caller has
 * heard that it rings and pays nothing.
 */
#ifndef WORKER_RING_H
#define WORKER_RING_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct ring {
	int64_t ring_deadline;		/* a ring before it: the same call */
	unsigned rings;			/* of this call */
	int64_t ask_deadline;		/* then AT+CLCC is asked; 0: not */
	bool has_known_caller;		/* in this session, of any call */
	char *caller;			/* of it, until it is told; or NULL */
	int64_t called_at;
	bool wants_reject;
};

void ring_clear(struct ring *);

/* The modem said RING; or who calls, "" when the number is withheld. */
void ring_count(struct worker *);
void ring_take(struct worker *, const char *sender);

/* Rejects the call, or asks who calls; nothing may be on the air. False when
 * there was nothing to do. */
bool ring_step(struct worker *);

/* Until when the call may ring again; INT64_MAX: none does. Then, or when the
 * worker ends, it is over and told. */
int64_t ring_deadline(const struct worker *);
void ring_end(struct worker *);

/* When ring_step() asks who calls, because no +CLIP came; INT64_MAX: it does
 * not. */
int64_t ring_ask_deadline(const struct worker *);

#endif
