/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon does when Redis comes, goes, or reports a fault.
 */
#include <string.h>

#include <event2/event.h>

#include "admin/admin.h"
#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "daemon/gate.h"
#include "daemon/server.h"
#include "daemon/state.h"
#include "dispatch/dispatch.h"
#include "intake/list.h"
#include "redis/redis.h"
#include "redis/repair.h"
#include "redis/store.h"

#define DAY_MS INT64_C(86400000)

static void
on_redis_up(void *arg)
{
	struct daemon *d = arg;

	metric_set(METRIC_REDIS_UP, 1);
	alarm_set(d->alarms, ALARM_REDIS_REFUSES, "redis", false,
	    "it takes writes again");
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
		alarm_set(d->alarms, ALARM_REDIS_REFUSES, "redis", true,
		    redis_trouble(d->redis));
}

/* The keys in Redis are those of a newer version: waiting would not help. */
static void
on_redis_unfit(const char *why, void *arg)
{
	struct daemon *d = arg;

	log_error("schema_newer", "address=%s text=\"%s\"",
	    redis_address(d->redis), why);
	d->status = 2;
	event_base_loopbreak(d->base);
}

/* Each kind of fault has one alarm, with the text of the newest case. */
static void
on_redis_fault(const char *fault, const char *about, const char *text,
    void *arg)
{
	struct daemon *d = arg;
	enum alarm_id alarm;

	if (strcmp(about, "alarm") == 0)
		return;		/* the repair function reports it itself */
	alarm = alarm_find(fault);
	if (alarm != ALARM_END)
		alarm_change(d->alarms, alarm, about, text);
	d->must_repair = true;
}

/* --- the repair pass ------------------------------------------------------ */

static void
on_repaired(const json_t *result, const char *error, void *arg)
{
	struct daemon *d = arg;
	struct admin_request *request = d->repair_request;

	d->repair = NULL;
	d->repair_request = NULL;
	if (error != NULL) {
		d->must_repair = true;
		if (request != NULL)
			admin_fail(request, 1, "Redis: %s; run it again",
			    error);
		return;
	}
	log_info("repair_done", "looked=%lld repaired=%lld after=%llds",
	    (long long)json_integer_value(json_object_get(result, "looked")),
	    (long long)json_integer_value(json_object_get(result,
	    "repaired")), (long long)(clock_mono_ms() - d->repair_ms) / 1000);
	if (!d->must_repair)
		alarms_end(d->alarms, ALARM_KEY_MISPLACED,
		    "all was looked through since then");
	dispatch_work(d->dispatch, NULL);
	if (request != NULL)
		admin_reply(request, json_deep_copy(result));
}

static void
start_repair(struct daemon *d)
{
	d->must_repair = false;
	d->repair_ms = clock_mono_ms();
	d->repair = store_repair(d->store, d->base, on_repaired, d);
}

/* Meanwhile the daemon goes on reading the stream. */
static void
look_at_list(struct daemon *d)
{
	const char *trouble = list_trouble(d->list);

	alarm_set(d->alarms, ALARM_INTAKE_LIST, d->conf->intake.list,
	    *trouble != '\0', *trouble != '\0' ? trouble
	    : "events come from it again");
}

void
server_tick(struct daemon *d)
{
	look_at_list(d);
	if (d->repair == NULL && gate_is_open(d->gate) &&
	    (d->must_repair || clock_mono_ms() - d->repair_ms > DAY_MS))
		start_repair(d);
}

void
server_stop(struct daemon *d)
{
	store_repair_free(d->repair);
	d->repair = NULL;
}

void
server_repair(struct admin_request *request, void *daemon)
{
	struct daemon *d = daemon;

	if (!gate_is_open(d->gate)) {
		admin_fail(request, 1, "not yet: Redis first gets what it may "
		    "have lost; see baotinctl status");
	} else if (d->repair_request != NULL) {
		admin_fail(request, 1, "a repair is under way; the log tells "
		    "its end (repair_done)");
	} else {
		d->repair_request = request;
		if (d->repair == NULL)
			start_repair(d);
	}
}

const struct redis_hooks server_redis_hooks = {
	.on_up = on_redis_up,
	.on_down = on_redis_down,
	.on_fault = on_redis_fault,
	.on_unfit = on_redis_unfit,
};
