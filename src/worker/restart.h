/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A modem that restarts by itself while its port stays: all that was set in
 * it is gone, and perhaps its SIM wants the PIN again. What it says then only
 * makes us look, for many modems say the same at other times; what decides
 * is what it answers (settings_changed()). Then the session ends, and a new
 * worker sets the modem up.
 */
#ifndef WORKER_RESTART_H
#define WORKER_RESTART_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

enum restart_sign {
	RESTART_NONE,
	RESTART_PERHAPS,	/* also said by a modem that goes on */
	RESTART_SURE,
};

/* The meaning of a line that the modem said by itself. */
enum restart_sign restart_sign(const char *line);

/* May a +CMS or +CME ERROR of this number (-1: plain ERROR) come of settings
 * that are gone? */
bool restart_explains(int code);

/* A line came in that is one of these signs. */
void restart_noted(struct worker *, enum restart_sign);

/* Must the modem be asked before anything else is done? And when it must;
 * INT64_MAX: not at all. */
bool restart_wants_check(const struct worker *);
int64_t restart_check_deadline(const struct worker *);

/* Asks whether SIM and settings are as they were set. False: they are not, or
 * the modem is silent, and the worker has failed. Nothing may be on the air. */
bool restart_check(struct worker *);

#endif
