/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lines that the modem says by itself.
 */
#ifndef WORKER_STRAY_H
#define WORKER_STRAY_H

#include <stdbool.h>

struct worker;

/* One such line (worker/at.h); arg is the worker. */
void stray_line(const char *line, void *arg);

/* Acknowledges a report or text that came directly, where the modem wants
 * that; nothing may be on the air. False when there was nothing to do. */
bool stray_step(struct worker *);

#endif
