/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finding the modem by its IMEI, under whatever name its port has now.
 */
#ifndef WORKER_SEARCH_H
#define WORKER_SEARCH_H

#include <stdbool.h>

struct worker;

/* Does the configuration say where to search instead of naming a device? Or is
 * the device gone, and the IMEI known? */
bool search_is_wanted(const struct worker *);

/* Asks every free port for its IMEI, for a second each, and makes the right one
 * the configured device. Returns false when there is none. Skips ports that
 * other workers have open. */
bool search_device(struct worker *);

#endif
