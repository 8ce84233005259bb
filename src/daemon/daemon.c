/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Starts the parts so that each finds what it depends on, waits in the event
 * loop, and stops the parts in the reverse order.
 */
#include <signal.h>
#include <stdlib.h>

#include <event2/event.h>
#include <systemd/sd-daemon.h>

#include "admin/admin.h"
#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "confine/confine.h"
#include "daemon/balance.h"
#include "daemon/condition.h"
#include "daemon/daemon.h"
#include "daemon/detach.h"
#include "daemon/digest.h"
#include "daemon/files.h"
#include "daemon/flow.h"
#include "daemon/gate.h"
#include "daemon/instance.h"
#include "daemon/memory.h"
#include "daemon/modems.h"
#include "daemon/pager.h"
#include "daemon/plan.h"
#include "daemon/question.h"
#include "daemon/server.h"
#include "daemon/notify.h"
#include "daemon/state.h"
#include "daemon/ussd.h"
#include "daemon/view.h"
#include "daemon/watch.h"
#include "dispatch/dispatch.h"
#include "dispatch/errors.h"
#include "intake/http.h"
#include "intake/list.h"
#include "intake/reader.h"
#include "lookup/http.h"
#include "lookup/lookup.h"
#include "lookup/sms.h"
#include "modem/modem.h"
#include "outbox/outbox.h"
#include "redis/redis.h"
#include "redis/store.h"

#define TICK_S	      2
#define STOP_POLL_MS  50
#define STOP_EXTRA_MS 5000 /* beyond the longest time that a send may take */

/* --- stopping ------------------------------------------------------------- */

static bool
is_drained(const struct daemon *d)
{
	for (size_t i = 0; i < d->n_modems; i++)
		if (!modem_is_gone(d->modems[i]))
			return false;
	return !redis_is_writable(d->redis) ||
	    (dispatch_is_quiet(d->dispatch) &&
	    outbox_open(d->outbox) == 0);
}

static void
on_stop_cb(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval tv = {0, STOP_POLL_MS * 1000};
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	/* Check once only: after the name was given back, Redis does not answer
	 * any more, so is_drained() would wait for ever. */
	d->is_drained = d->is_drained || is_drained(d);
	if ((d->is_drained && instance_release(d->instance)) ||
	    clock_mono_ms() > d->stop_deadline)
		event_base_loopbreak(d->base);
	else
		event_add(d->stop, &tv);
}

/* The first signal: take nothing more and let the modems finish. The second
 * signal: end now; each worker finishes alone, and its journal tells the
 * outcome to the next daemon. */
static void
on_stop_signal_cb(evutil_socket_t number, short what, void *arg)
{
	struct daemon *d = arg;
	int64_t most_ms = d->conf->retry.send_timeout_ms + STOP_EXTRA_MS;

	(void)what;
	if (d->stop_deadline != 0) {
		log_info("stopping_now", "signal=%d", (int)number);
		event_base_loopbreak(d->base);
		return;
	}
	log_info("stopping", "signal=%d", (int)number);
	d->stop_deadline = clock_mono_ms() + most_ms;
	/* The unit's own TimeoutStopSec may be shorter than send_timeout. */
	sd_notifyf(0, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld",
	    (long long)(most_ms + STOP_EXTRA_MS) * 1000);
	list_stop(d->list);
	reader_stop(d->reader);
	dispatch_stop(d->dispatch);
	for (size_t i = 0; i < d->n_modems; i++)
		modem_drain(d->modems[i]);
	on_stop_cb(-1, 0, d);
}

static void
on_reload_signal_cb(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	json_decref(files_reload(arg));
}

static void
on_ignored_signal_cb(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	(void)arg;
	log_info("signal_ignored", "signal=%d", (int)number);
}

/* SIGHUP (reload) must not end a daemon that is still starting. */
static void
signals_block(int how)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(how, &set, NULL);
}

void
daemon_block_signals(void)
{
	signals_block(SIG_BLOCK);
}

static void
signals_start(struct daemon *d)
{
	static const struct {
		int number;
		event_callback_fn handler;
	} table[DAEMON_SIGNALS] = {
		{SIGTERM, on_stop_signal_cb},
		{SIGINT, on_stop_signal_cb},
		{SIGHUP, on_reload_signal_cb},
		{SIGUSR1, on_ignored_signal_cb},
	};

	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < DAEMON_SIGNALS; i++) {
		d->signals[i] = evsignal_new(d->base, table[i].number,
		    table[i].handler, d);
		event_add(d->signals[i], NULL);
	}
	d->stop = evtimer_new(d->base, on_stop_cb, d);
	/* Signals that came since main() began are handled now. */
	signals_block(SIG_UNBLOCK);
}

static void
signals_stop(struct daemon *d)
{
	for (size_t i = 0; i < DAEMON_SIGNALS; i++)
		event_free(d->signals[i]);
	event_free(d->stop);
}

/* --- what the gate reports ------------------------------------------------ */

static void
on_open(struct daemon *d)
{
	d->must_repair = true;
	flow_sweep(d);
}

/* Tells the service manager and the starting process, once. */
static void
on_ready(struct daemon *d)
{
	if (!d->is_ready) {
		sd_notify(0, "READY=1");
		detach_tell(d);
	}
	d->is_ready = true;
}

static void
on_taken(struct daemon *d, const char *holder)
{
	log_error("name_taken", "gateway=%s holder=\"%s\" text=\"another "
	    "baotind works under this name: give one of them another "
	    "gateway.name\"", d->conf->gateway.name, holder);
	d->status = 1;
	event_base_loopbreak(d->base);
}

static const struct gate_hooks gate_hooks = {
	.on_open = on_open,
	.on_ready = on_ready,
	.on_taken = on_taken,
};

/* --- the slow clock ------------------------------------------------------- */

static void
on_tick_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	condition_watch(d);
	balance_tick(d);
	flow_sweep(d);
	server_tick(d);
	watch_tick(d->watch);
	pager_tick(d);
	digest_tick(d);
	if (outbox_open(d->outbox) == 0)
		for (size_t i = 0; i < d->n_modems; i++)
			modem_tidy(d->modems[i]);
	notify_tick(d);
	if (!redis_is_writable(d->redis))
		on_ready(d);	/* Redis is away: waiting counts as working */
}

static void
tick_start(struct daemon *d)
{
	static const struct timeval tv = {TICK_S, 0};

	d->tick = event_new(d->base, -1, EV_PERSIST, on_tick_cb, d);
	event_add(d->tick, &tv);
}

static void
tick_stop(struct daemon *d)
{
	event_free(d->tick);
}

/* --- the start list and its mirror ---------------------------------------- */

static int
daemon_start(struct daemon *d)
{
	d->started_at = clock_wall_ms();
	metric_set(METRIC_START, d->started_at / 1000);
	d->base = event_base_new();
	if (d->base == NULL)
		return -1;
	signals_start(d);
	d->redis = redis_new(d->base, d->conf, "queue", &server_redis_hooks,
	    d);
	d->store = store_new(d->redis, d->conf, d->keyhash);
	d->alarms = alarms_new(d->conf->gateway.state_dir);
	d->memory = memory_new(d->conf->gateway.state_dir);
	d->errors = errors_new(d->conf);
	d->outbox = outbox_new(d->store, &flow_outbox_hooks, d);
	d->dispatch = dispatch_new(d->base, d->conf, d->store,
	    &flow_dispatch_hooks, d);
	modems_start(d, &flow_modem_hooks);
	d->gate = gate_new(d, &gate_hooks);
	d->reader = reader_new(d->base, d->conf, &flow_reader_hooks, d);
	d->list = list_new(d->base, d->conf, d->store);
	d->lookup = lookup_new(d->base, d->conf, d->store, d->keyhash,
	    &question_lookup_hooks, d);
	d->sms = sms_new(d->conf, d->store, d->lookup, &question_sms_hooks,
	    d);
	ussd_start(d);
	balance_start(d);
	d->watch = watch_new(d);
	tick_start(d);
	d->admin = admin_new(d->base, d->conf, d->redis, &view_admin_hooks,
	    d);
	if (d->admin == NULL)
		return -1;
	if (intake_http_new(d->base, d->conf, d->redis, plan_check, d,
	    &d->intake_http) == -1)
		return -1;
	return lookup_http_new(d->base, d->conf, d->lookup,
	    &d->lookup_http);
}

static void
daemon_stop(struct daemon *d)
{
	/* First give every open request its answer: later an answer would call
	 * a part that is freed already. */
	redis_stop(d->redis);
	server_stop(d);
	lookup_http_free(d->lookup_http);
	intake_http_free(d->intake_http);
	admin_free(d->admin);
	tick_stop(d);
	watch_free(d->watch);
	ussd_stop(d);
	balance_stop(d);
	sms_free(d->sms);
	lookup_free(d->lookup);
	list_free(d->list);
	reader_free(d->reader);
	gate_free(d->gate);
	modems_stop(d);
	dispatch_free(d->dispatch);
	outbox_free(d->outbox);
	errors_free(d->errors);
	memory_free(d->memory);
	alarms_free(d->alarms);
	store_free(d->store);
	redis_free(d->redis);
	signals_stop(d);
	event_base_free(d->base);
}

int
daemon_lock(struct daemon *d)
{
	d->instance = instance_lock(d->conf);
	return d->instance != NULL ? 0 : -1;
}

int
daemon_run(struct daemon *d)
{
	confine_daemon();
	if (daemon_start(d) == -1) {
		d->status = 1;
	} else {
		log_info("started", "gateway=%s modems=%zu redis=%s",
		    d->conf->gateway.name, d->conf->n_modems,
		    redis_address(d->redis));
		if (event_base_dispatch(d->base) == -1)
			d->status = 1;
		log_info("stopped", "unsettled=%zu",
		    outbox_open(d->outbox));
	}
	if (d->base != NULL)
		daemon_stop(d);
	return d->status;
}
