/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes the line "STATUS=3/4 modems up, 12 queued, oldest 40 s".
 */
#include <stdio.h>

#include <systemd/sd-daemon.h>

#include "admin/admin.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "daemon/notify.h"
#include "daemon/state.h"
#include "modem/modem.h"
#include "redis/redis.h"

#define TEXT_SIZE 96

/* The queue as Redis last reported it. */
static void
describe_queue(const struct daemon *d, char out[TEXT_SIZE])
{
	struct admin_queue queue;
	int64_t age_s;

	if (!redis_is_writable(d->redis)) {
		(void)snprintf(out, TEXT_SIZE, "redis %s",
		    redis_state_name(d->redis));
	} else if (admin_queue(d->admin, &queue) == -1) {
		(void)snprintf(out, TEXT_SIZE, "redis up");
	} else if (queue.n == 0) {
		(void)snprintf(out, TEXT_SIZE, "0 queued");
	} else {
		age_s = (clock_wall_ms() - queue.oldest_at) / 1000;
		(void)snprintf(out, TEXT_SIZE, "%lld queued, oldest %lld s",
		    (long long)queue.n, (long long)(age_s > 0 ? age_s : 0));
	}
}

void
notify_tick(struct daemon *d)
{
	const char *late = NULL;
	char queue[TEXT_SIZE];
	unsigned in_flight = 0;
	size_t usable = 0;

	for (size_t i = 0; i < d->n_modems; i++) {
		in_flight += modem_in_flight(d->modems[i]);
		usable += modem_can_send(d->modems[i]);
		if (!modem_is_fresh(d->modems[i]))
			late = modem_name(d->modems[i]);
	}
	metric_set(METRIC_MODEMS_USABLE, (int64_t)usable);
	metric_set(METRIC_IN_FLIGHT, in_flight);
	describe_queue(d, queue);
	if (late != NULL && !d->is_late)
		log_error("worker_late", "modem=%s text=\"the watchdog is not "
		    "answered until its worker is\"", late);
	d->is_late = late != NULL;
	sd_notifyf(0, "%sSTATUS=%zu/%zu modems up, %s%s%s",
	    late == NULL ? "WATCHDOG=1\n" : "", usable, d->n_modems, queue,
	    late != NULL ? ", no sign of life of " : "",
	    late != NULL ? late : "");
}
