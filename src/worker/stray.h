/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Handles the lines that the modem sends by itself.
 */
#ifndef WORKER_STRAY_H
#define WORKER_STRAY_H

#include <stdbool.h>

struct worker;

/* One such line (worker/at.h). arg: the worker. */
void stray_line(const char *line, void *arg);

/* Acknowledges a report or text that came directly, if the modem needs that.
 * Nothing may be on the air. Returns false when there was nothing to do. */
bool stray_step(struct worker *);

#endif
