/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The answer of the command modems, as it fits 80 columns.
 */
#ifndef CTL_NARROW_H
#define CTL_NARROW_H

#include <jansson.h>

/* One row a modem: name, state (or what an operator wants of it), since,
 * operator, dbm, sent, refused, why. Names and operators are cut. The
 * caller's. */
json_t *modems_narrow(const json_t *modems);

/* The same of alarms, and of changes: what fits on a line of the monitor. */
json_t *alarms_narrow(const json_t *alarms);
json_t *changes_narrow(const json_t *changes);

#endif
