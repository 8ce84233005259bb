/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An incoming call. The worker rejects it at the second ring: the caller has
 * heard it ring and pays nothing.
 */
#ifndef WORKER_RING_H
#define WORKER_RING_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct ring {
	int64_t ring_deadline;		/* a ring before it is of this call */
	unsigned rings;			/* of this call */
	int64_t ask_deadline;		/* then ask AT+CLCC; 0: do not */
	bool has_known_caller;		/* in this session, of any call */
	char *caller;			/* until it is reported; or NULL */
	int64_t called_at;
	bool wants_reject;
};

void ring_clear(struct ring *);

/* ring_count(): the modem said RING. ring_take(): the caller's number, "" when
 * it is withheld. */
void ring_count(struct worker *);
void ring_take(struct worker *, const char *sender);

/* Rejects the call, or asks who calls. Nothing may be on the air. Returns false
 * when there was nothing to do. */
bool ring_step(struct worker *);

/* Until then the call may ring again; INT64_MAX: no call. After it, or when the
 * worker ends, the call is over and is reported. */
int64_t ring_deadline(const struct worker *);
void ring_end(struct worker *);

/* When ring_step() asks who calls because no +CLIP came; INT64_MAX: it does not
 * ask. */
int64_t ring_ask_deadline(const struct worker *);

#endif
