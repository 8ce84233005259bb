/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon does when Redis comes, goes, or shows a fault.
 */
#include <string.h>

#include "base/log.h"
#include "base/metric.h"
#include "daemon/alarm.h"
#include "daemon/daemon.h"
#include "daemon/gate.h"
#include "redis/redis.h"
#include "redis/store.h"

static void
on_redis_up(void *arg)
{
	struct daemon *d = arg;

	metric_set(METRIC_REDIS_UP, 1);
	alarm_set(d->alarms, "redis_refuses", "redis", false, "", "it takes "
	    "writes again");
	store_prepare(d->store);
	gate_up(d->gate);
}

static void
on_redis_down(void *arg)
{
	struct daemon *d = arg;

	metric_set(METRIC_REDIS_UP, 0);
	gate_down(d->gate);
	if (redis_is_up(d->redis))
		alarm_set(d->alarms, "redis_refuses", "redis", true,
		    "critical", redis_trouble(d->redis));
}

/* The keys are those of a newer version: waiting would not mend that. */
static void
on_redis_unfit(const char *why, void *arg)
{
	struct daemon *d = arg;

	log_error("schema_newer", "address=%s text=\"%s\"",
	    redis_address(d->redis), why);
	daemon_end(d, 2);
}

/* One alarm a fault, of its newest text. */
static void
on_redis_fault(const char *fault, const char *about, const char *text,
    void *arg)
{
	struct daemon *d = arg;

	if (strcmp(about, "alarm") != 0)	/* that script tells of it */
		alarm_change(d->alarms, fault, about, "critical", text);
}

const struct redis_hooks server_redis_hooks = {
	.on_up = on_redis_up,
	.on_down = on_redis_down,
	.on_fault = on_redis_fault,
	.on_unfit = on_redis_unfit,
};
