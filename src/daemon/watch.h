/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looks every few seconds for causes of alarms that no hook reports: how long a
 * modem has been away, the quotas, the age of the queue, Redis, the disk, the
 * clock. It also writes the alarms stream.
 *
 * The rows of alarm/alarm.def say how long each cause must last.
 */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include <stdint.h>

struct daemon;
struct watch;

struct watch *watch_new(struct daemon *);
void watch_free(struct watch *);

/* Since when texts go out, or since when they do not (wall clock). */
int64_t watch_turned_at(const struct watch *);

/* To be called with each tick of the daemon. */
void watch_tick(struct watch *);

#endif
