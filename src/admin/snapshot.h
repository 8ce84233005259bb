/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What everybody sees who looks by HTTP: this gateway, the queue, and what the
 * other gateways of this Redis last reported. It has no telephone numbers, and
 * nothing that identifies a SIM.
 *
 *	{all of admin/look.h, "zone", "queue": {…} (admin/queue.h; missing
 *	 while Redis is away), "gateways": [{"name", "at": ms, "seen_at",
 *	 "is_released", "modems": […], "alarms": […]}, …] (the others),
 *	 "today": [{"agency", … (tally_view(), admin/tally.h)}, …],
 *	 "plots": {GATEWAY: {MODEM: {…}}} (admin/plot.h)}
 *
 * owns: the last object. It is made again when older than SNAPSHOT_MS,
 *	its plots when older than PLOTS_MS, so that many readers cost no more
 *	than one.
 */
#ifndef ADMIN_SNAPSHOT_H
#define ADMIN_SNAPSHOT_H

#include <jansson.h>

#define SNAPSHOT_MS 1000
#define PLOTS_MS    60000

struct admin_tools;
struct snapshot;

/* Borrows the tools. */
struct snapshot *snapshot_new(const struct admin_tools *);
/* Waiting hooks get NULL. */
void snapshot_free(struct snapshot *);

/* Calls done once, now or later. object: borrowed; NULL: the daemon stops. */
typedef void snapshot_done(const json_t *object, void *arg);
void snapshot_get(struct snapshot *, snapshot_done *, void *arg);

#endif
