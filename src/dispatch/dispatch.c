/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Event-driven: new work, a free modem, a delayed message that falls due
 * and the opening of the window each ask for a lease; nothing polls but a
 * slow look for work that another gateway left in a shared pool.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "dispatch/dispatch.h"
#include "dispatch/window.h"
#include "redis/store.h"

#define LOOK_MS 5000 /* for work that nobody told us of */

struct slot {
	struct dispatch *dispatch;
	const char *modem;
	const char **pools;		/* NULL-terminated, borrowed names */
	bool is_leasing;
	bool has_news;			/* ask again when the answer is here */
};

struct dispatch {
	const struct conf *conf;
	struct store *store;
	struct dispatch_hooks hooks;
	void *arg;
	struct event *timer;
	int64_t wake_deadline;		/* of timer */
	struct slot *slots;
	size_t n_slots;
	bool is_stopped;
};

static void
wake_in(struct dispatch *dispatch, int64_t ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	if (dispatch->is_stopped)
		return;
	dispatch->wake_deadline = clock_mono_ms() + ms;
	event_add(dispatch->timer, &tv);
}

static void
wake_by(struct dispatch *dispatch, int64_t ms)
{
	if (clock_mono_ms() + ms < dispatch->wake_deadline)
		wake_in(dispatch, ms);
}

static bool
is_open(const struct dispatch *dispatch)
{
	return window_is_open(dispatch->conf->notices.window_from,
	    dispatch->conf->notices.window_to, clock_wall_ms());
}

/* The modem went away between the question and the answer. */
static void
give_back(struct slot *slot, const struct lease *lease, const char *imsi)
{
	struct settlement settlement = {
		.modem = slot->modem,
		.imsi = imsi,
		.message = lease->id,
		.phone = lease->phone,
		.fence = lease->fence,
		.segment = 1,
		.outcome = "unsent",
		.reason = "modem_lost",
	};

	store_settle(slot->dispatch->store, &settlement, NULL, NULL);
}

static void ask(struct slot *);

static void
on_leased(const struct lease *leases, size_t n, int64_t next_in_ms,
    const char *error, void *arg)
{
	struct slot *slot = arg;
	struct dispatch *dispatch = slot->dispatch;
	bool has_news = slot->has_news;

	slot->is_leasing = false;
	slot->has_news = false;
	for (size_t i = 0; i < n; i++)
		if (!dispatch->hooks.on_lease(slot->modem, &leases[i],
		    dispatch->arg))
			give_back(slot, &leases[i], "");
	if (error != NULL)
		return;
	if (next_in_ms >= 0)
		wake_by(dispatch, next_in_ms + 1);
	if (n > 0 || has_news)
		ask(slot);
}

static void
ask(struct slot *slot)
{
	struct dispatch *dispatch = slot->dispatch;
	const char *imsi = "";
	unsigned credit;

	if (dispatch->is_stopped)
		return;
	if (slot->is_leasing) {
		slot->has_news = true;
		return;
	}
	credit = dispatch->hooks.credit(slot->modem, &imsi, dispatch->arg);
	if (credit == 0)
		return;
	slot->is_leasing = true;
	store_lease(dispatch->store, slot->modem, imsi, slot->pools, credit,
	    is_open(dispatch), on_leased, slot);
}

static bool
serves(const struct slot *slot, const char *pool)
{
	for (const char **p = slot->pools; *p != NULL; p++)
		if (strcmp(*p, pool) == 0)
			return true;
	return false;
}

void
dispatch_work(struct dispatch *dispatch, const char *pool)
{
	for (size_t i = 0; i < dispatch->n_slots; i++)
		if (pool == NULL || serves(&dispatch->slots[i], pool))
			ask(&dispatch->slots[i]);
}

void
dispatch_modem(struct dispatch *dispatch, const char *modem)
{
	for (size_t i = 0; i < dispatch->n_slots; i++)
		if (strcmp(dispatch->slots[i].modem, modem) == 0)
			ask(&dispatch->slots[i]);
}

void
dispatch_stop(struct dispatch *dispatch)
{
	dispatch->is_stopped = true;
	event_del(dispatch->timer);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct dispatch *dispatch = arg;
	int64_t turn_ms = window_until_turn_ms(
	    dispatch->conf->notices.window_from,
	    dispatch->conf->notices.window_to, clock_wall_ms());

	(void)fd;
	(void)what;
	wake_in(dispatch, turn_ms < LOOK_MS ? turn_ms : LOOK_MS);
	dispatch_work(dispatch, NULL);
}

static void
slot_init(struct slot *slot, struct dispatch *dispatch, const char *modem)
{
	const struct conf *conf = dispatch->conf;
	size_t n = 0;

	slot->dispatch = dispatch;
	slot->modem = modem;
	slot->pools = xcalloc(conf->n_pools + 1, sizeof(*slot->pools));
	for (size_t i = 0; i < conf->n_pools; i++)
		if (conf_pool_has(&conf->pools[i], modem))
			slot->pools[n++] = conf->pools[i].name;
}

struct dispatch *
dispatch_new(struct event_base *base, const struct conf *conf,
    struct store *store, const struct dispatch_hooks *hooks, void *arg)
{
	struct dispatch *dispatch = xcalloc(1, sizeof(*dispatch));

	dispatch->conf = conf;
	dispatch->store = store;
	dispatch->hooks = *hooks;
	dispatch->arg = arg;
	dispatch->n_slots = conf->n_modems;
	dispatch->slots = xcalloc(conf->n_modems, sizeof(*dispatch->slots));
	for (size_t i = 0; i < conf->n_modems; i++)
		slot_init(&dispatch->slots[i], dispatch,
		    conf->modems[i].name);
	dispatch->timer = evtimer_new(base, on_timer_cb, dispatch);
	if (dispatch->timer == NULL)
		abort();
	wake_in(dispatch, LOOK_MS);
	return dispatch;
}

void
dispatch_free(struct dispatch *dispatch)
{
	if (dispatch == NULL)
		return;
	for (size_t i = 0; i < dispatch->n_slots; i++)
		free(dispatch->slots[i].pools);
	free(dispatch->slots);
	event_free(dispatch->timer);
	free(dispatch);
}
