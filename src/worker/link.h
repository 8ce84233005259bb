/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The worker's end of the socketpair, without an event loop. It gathers frames
 * and writes them in one blocking write, and reads whole frames.
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

/* Gathers a frame; only link_flush() writes it. */
void link_put(struct link *, const struct proto *);
/* Writes the gathered frames; blocks while the daemon does not read. If the
 * daemon is gone, sets is_closed and drops the frames. */
void link_flush(struct link *);

/* Reads what is there. Blocks until there is at least one octet. */
void link_read(struct link *);
enum link_verdict { LINK_FRAME, LINK_NONE, LINK_BAD };
/* Takes the next whole frame. For LINK_FRAME the caller clears *out. */
enum link_verdict link_take(struct link *, struct proto *out);

#endif
