/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The messages in the modem's memories. The worker reads, journals and deletes
 * them by its own AT commands (3GPP TS 27.005 §3.2 to §3.5). libgammu's
 * GSM_GetNextSMS() stops at the first message that it can't decode, and
 * GSM_DeleteSMS() reads a message before it deletes it: one odd text would hide
 * all behind it for ever.
 */
#ifndef WORKER_STORED_H
#define WORKER_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker;

/* A message that was read: its memory, its place, and its digest. */
struct stored_message {
	unsigned memory;
	int index;
	uint32_t digest;
	bool is_deleted;	/* the modem said that it deleted it */
};

struct stored {
	struct stored_message *read;	/* in the last sweep, and journalled */
	size_t n, room;
	struct stored_message *announced;
	size_t n_announced, room_announced;
	unsigned memories;		/* a bit per memory; 0: not asked */
	bool wants_sweep;		/* read everything that is stored */
	unsigned n_left;		/* that could not be deleted */
	bool must_poll;			/* the modem does not announce texts */
	bool is_failing;		/* said so, and not yet that it is
					 * well */
	int64_t sweep_deadline;		/* used if must_poll */
};

void stored_clear(struct worker *);

/* Reads, journals and deletes what waits. Nothing may be on the air. Returns
 * false when there was nothing to do. */
bool stored_step(struct worker *);

/* +CMTI or +CDSI came; text: the part behind its colon. */
void stored_announced(struct worker *, const char *text);

/* The modem says how many messages it stores. If there are more than there
 * should be, an announcement was lost. */
void stored_count(struct worker *, unsigned used);

#endif
