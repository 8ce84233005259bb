/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finding the modem by its IMEI, under whatever name its port has now.
 */
#ifndef WORKER_SEARCH_H
#define WORKER_SEARCH_H

#include <stdbool.h>

struct worker;

/* Is the configured device none, but where to search? Or is it gone, and the
 * IMEI known? */
bool search_is_wanted(const struct worker *);

/* Asks every port that nobody holds for its IMEI, for a second each, and
 * makes the right one the configured device. False: there is none. Ports that
 * other workers have open are left alone. */
bool search_device(struct worker *);

#endif
