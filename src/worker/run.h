/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The main loop, for main().
 */
#ifndef WORKER_RUN_H
#define WORKER_RUN_H

#include <stdbool.h>

struct worker;

/* Blocks SIGTERM except while the loop sleeps. From then on SIGTERM means the
 * same as SHUTDOWN. */
void worker_catch_signals(void);

/* To be called between the steps of a start. Returns false when SHUTDOWN or
 * SIGTERM came, or the daemon is gone. */
bool worker_is_wanted(struct worker *);

/* Runs until there is a reason for BYE (w->bye). On return, the texts in hand
 * have their last results and the journal is synced. */
void worker_loop(struct worker *);

#endif
