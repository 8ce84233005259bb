/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A journal in a folder of its own, and the daemon's end of the link, for
 * tests of the worker's parts.
 */
#ifndef TESTS_UNIT_WORKER_WORLD_H
#define TESTS_UNIT_WORKER_WORLD_H

#include <stdbool.h>

#include "worker/ledger.h"
#include "worker/link.h"

struct worker_world {
	char dir[64], path[96];
	struct journal *journal;
	struct link worker, daemon;
	struct ledger ledger;
};

void world_open(struct worker_world *);
void world_close(struct worker_world *);

/* The journal as text, "hello intent(a/1) result(a/1 sent) …", as another
 * process reads it now. The caller frees. */
char *world_journal(const struct worker_world *);

/* The same of the frames that the worker has written since the last call. */
char *world_frames(struct worker_world *);

/* From now on the journal takes no more octets; or as many as it likes. */
void world_fill_disk(const struct worker_world *, bool is_full);

#endif
