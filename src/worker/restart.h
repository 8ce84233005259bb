/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A modem may restart by itself while its port stays. Then all its settings are
 * gone, and its SIM may want the PIN again. The lines that it sends then only
 * make us look, because many modems send the same lines at other times; its
 * answers decide (settings_changed()). If settings are gone, the session ends,
 * and a new worker sets the modem up.
 */
#ifndef WORKER_RESTART_H
#define WORKER_RESTART_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

enum restart_sign {
	RESTART_NONE,
	RESTART_PERHAPS,	/* modems also say it without a restart */
	RESTART_SURE,
};

/* What a line that came by itself says about a restart. */
enum restart_sign restart_sign(const char *line);

/* Can lost settings cause a +CMS or +CME ERROR with this number (-1: plain
 * ERROR)? */
bool restart_explains(int code);

/* A line came that is one of these signs. */
void restart_noted(struct worker *, enum restart_sign);

/* restart_wants_check(): must the modem be asked before anything else is done?
 * Then: when it must be asked; INT64_MAX: it need not. */
bool restart_wants_check(const struct worker *);
int64_t restart_check_deadline(const struct worker *);

/* Asks whether SIM and settings are as they were set. Returns false when they
 * are not, or the modem is silent: then the worker has failed. Nothing may be
 * on the air. */
bool restart_check(struct worker *);

#endif
