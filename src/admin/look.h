/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * This gateway as anybody may see it: what the daemon knows at this moment,
 * without telephone numbers and without what identifies a SIM or a device.
 *
 *	{"name", "version", "at": ms, "status": {…}, "modems": […],
 *	 "alarms": […], "waiting": {…}}
 */
#ifndef ADMIN_LOOK_H
#define ADMIN_LOOK_H

#include <jansson.h>

struct admin_tools;

/* The caller frees it. Does not ask Redis. */
json_t *look_new(const struct admin_tools *);

/* Judges an object with "status", "modems", and, as far as they are known,
 * "waiting" and "queue" (admin/queue.h), and adds:
 *
 *	"usable": modems that can send now
 *	"sending": can texts go out, or only wait for the window or an
 *	    operator?
 *	"why": a word when texts do not go out now: "redis", "gate" (what
 *	    Redis lacks is told first, or another gateway is waited for),
 *	    "no_modem" (none in the configuration), "modems" (none can send),
 *	    "hold" (an operator holds all), "window" (it is closed); else "" */
void look_judge(json_t *);

#endif
