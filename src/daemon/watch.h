/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looks every few seconds for what must raise an alarm or clear it and comes
 * by no hook of a part: how long a modem has been away, the quotas, the age
 * of the queue, Redis, the disk, the clock. And tells the alarms stream.
 *
 * The rows of alarm/alarm.def say how long each must last.
 */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include <stdint.h>

struct daemon;
struct watch;

struct watch *watch_new(struct daemon *);
void watch_free(struct watch *);

/* Since when texts go out, or do not (wall clock). */
int64_t watch_turned_at(const struct watch *);

/* Called with each tick of the daemon. */
void watch_tick(struct watch *);

#endif
