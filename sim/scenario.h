/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file of commands with the second, after "ready", at which each runs.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "sim/sim.h"

struct scenario;

/* Reads and checks the whole file. NULL: the error, with file and line, is
 * on stderr. */
struct scenario *scenario_load(struct sim *, const char *path);
void scenario_free(struct scenario *);

/* Time 0 is now. */
void scenario_start(struct scenario *);

#endif
