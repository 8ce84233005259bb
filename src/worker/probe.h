/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks a modem what it can do, for a report about a brand that we do not have.
 */
#ifndef WORKER_PROBE_H
#define WORKER_PROBE_H

#include <stdbool.h>

struct worker;

/* A PROBE came; one that is under way goes on. */
void probe_take(struct worker *);

/* Asks the next question, between the sends; after the last one PROBED goes
 * to the daemon. False: nothing was to be asked. */
bool probe_step(struct worker *);

#endif
