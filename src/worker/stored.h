/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the modem has stored: read, journalled, deleted, all by our own AT
 * commands (3GPP TS 27.005 §3.2 to §3.5). libgammu's GSM_GetNextSMS() ends
 * at the first message that it can't decode, and GSM_DeleteSMS() reads a
 * message before it deletes it: one odd text would hide all behind it for
 * ever.
 */
#ifndef WORKER_STORED_H
#define WORKER_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker;

/* A message that was read: in which memory, where, and what it was. */
struct stored_message {
	unsigned memory;
	int index;
	uint32_t digest;
	bool is_deleted;	/* the modem said so */
};

struct stored {
	struct stored_message *read;	/* of the last sweep, journalled */
	size_t n, room;
	struct stored_message *announced;
	size_t n_announced, room_announced;
	unsigned memories;		/* a bit per memory; 0: not asked */
	bool wants_sweep;		/* read everything that is stored */
	unsigned n_left;		/* of the last one: can't be deleted */
	bool must_poll;			/* the modem does not announce */
	bool is_failing;		/* said so, and not yet that it is
					 * well */
	int64_t sweep_deadline;		/* when must_poll */
};

void stored_clear(struct worker *);

/* Reads, journals and deletes what waits; nothing may be on the air. False
 * when there was nothing to do. */
bool stored_step(struct worker *);

/* +CMTI or +CDSI came; text is what stands behind its colon. */
void stored_announced(struct worker *, const char *text);

/* So many messages are stored now: more than there should be means that an
 * announcement was lost. */
void stored_count(struct worker *, unsigned used);

#endif
