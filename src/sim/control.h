/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The control socket: a command per line in, a JSON object per line out.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "sim/sim.h"

#define CONTROL_NAME	 "sim.sock"
#define CONTROL_LINE_MAX (256 * 1024)

struct control;

/* Listens on DIR/sim.sock. NULL: another simulator does, or the path is too
 * long (logged). */
struct control *control_new(struct sim *);
void control_free(struct control *);

/* baotin-sim ctl: sends the words as one command to the simulator in dir
 * and prints its answer. Returns the exit status. */
int control_call(const char *dir, char *const *words);

#endif
