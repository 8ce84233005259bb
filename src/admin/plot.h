/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The points of a day, for each modem and for the queue, as Redis stores them
 * (redis/scripts/history.lua) and as the page draws them.
 */
#ifndef ADMIN_PLOT_H
#define ADMIN_PLOT_H

#include <jansson.h>

#define PLOT_SLOTS   144
#define PLOT_SLOT_MS 600000
#define PLOTS_MOST   512	/* modems of all gateways together */

/* The gateways and modems of a snapshot, for the call `plots`: [[GATEWAY,
 * MODEM or ""], …]. */
json_t *plots_wanted(const json_t *snapshot);

/* The reply as {GATEWAY: {MODEM: {"dbm": [n or null, …], "sent": […],
 * "refused": […], "reports": […]}, "": {"waiting": […]}}}. Each list has
 * PLOT_SLOTS numbers, the newest last. wanted: the call's argument. */
json_t *plots_read(const json_t *wanted, const json_t *reply);

#endif
