/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the gateway is, for everybody who looks by HTTP: the answers of the
 * commands status, modems and alarms in one object, without telephone
 * numbers and without what identifies a SIM.
 *
 *	{"at": ms, "zone", "sending": bool, "why": a word (why not),
 *	 "usable": modems that can send, "status": {…}, "modems": […],
 *	 "alarms": […]}
 *
 * owns: the last object; it is asked anew when older than SNAPSHOT_MS, so
 *	that many who look cost no more than one.
 */
#ifndef ADMIN_SNAPSHOT_H
#define ADMIN_SNAPSHOT_H

#include <jansson.h>

#define SNAPSHOT_MS 1000

struct admin_tools;
struct snapshot;

struct snapshot *snapshot_new(struct admin_tools *);
/* Those who wait are told NULL. */
void snapshot_free(struct snapshot *);

/* Calls done once, now or later. object: borrowed; NULL: the daemon stops. */
typedef void snapshot_done(const json_t *object, void *arg);
void snapshot_get(struct snapshot *, snapshot_done *, void *arg);

#endif
