/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The worker's end of the socketpair, without an event loop: blocking
 * writes of what was gathered, reads of whole frames.
 */
#ifndef WORKER_LINK_H
#define WORKER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/proto.h"

struct link {
	int fd;
	bool is_closed;		/* the daemon is gone */
	uint8_t *in, *out;
	size_t n_in, n_out, room_out;
};

void link_init(struct link *, int fd);
void link_clear(struct link *);

/* Gathers a frame; nothing is written before link_flush(). */
void link_put(struct link *, const struct proto *);
/* Writes what was gathered; may block while the daemon does not read. A
 * daemon that is gone sets is_closed and the frames are dropped. */
void link_flush(struct link *);

/* Reads what is there (at least one octet, so it may block). */
void link_read(struct link *);
enum link_verdict { LINK_FRAME, LINK_NONE, LINK_BAD };
/* Takes the next whole frame; on LINK_FRAME the caller clears *out. */
enum link_verdict link_take(struct link *, struct proto *out);

#endif
