/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Dispatch is event-driven: new work, a free modem, a delayed message that is
 * due and the opening of the window each ask Redis for a lease. Only work that
 * another gateway left in a shared pool is polled for, slowly.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "dispatch/dispatch.h"
#include "dispatch/slot.h"
#include "dispatch/window.h"
#include "redis/lease.h"

#define LOOK_MS	 5000	/* between two looks for work that nobody told us of */
#define LOOK_ALL 12	/* after so many looks, each modem had its turn */

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
	if (clock_mono_ms() + ms >= dispatch->wake_deadline)
		return;
	wake_in(dispatch, ms);
	dispatch->is_due = true;
}

static struct slot *
find_slot(const struct dispatch *dispatch, const char *modem)
{
	for (size_t i = 0; i < dispatch->n_slots; i++)
		if (strcmp(dispatch->slots[i]->name, modem) == 0)
			return dispatch->slots[i];
	return NULL;
}

static void
on_given_back(const struct store_answer *answer, void *arg)
{
	struct slot *slot = arg;

	if (slot_close(slot) && answer->error != NULL)
		slot->is_lost = true;
}

/* The modem went away while the question was on its way to Redis. */
static void
give_back(struct slot *slot, const struct lease *lease)
{
	struct settle_args settlement = {
		.modem = slot->name,
		.imsi = "",
		.message = lease->id,
		.phone = lease->phone,
		.fence = lease->fence,
		.segment = 1,
		.outcome = "unsent",
		.reason = "modem_lost",
	};

	breaker_note(&slot->breaker, false, false, clock_mono_ms());
	slot->n_open++;
	store_settle(slot->dispatch->store, &settlement, on_given_back, slot);
}

static void ask_lease(struct slot *);

/* Notes what is left of the quotas. When one is used up, the modem rests until
 * its period ends. */
static void
look_at_quotas(struct slot *slot, const struct store_lease_answer *answer)
{
	struct quota_period periods[QUOTA_END];
	size_t i = 0;

	slot->rest_deadline = 0;
	if (answer->used == NULL)
		return;
	quota_periods(clock_wall_ms(), periods);
	for (enum quota_period_kind k = QUOTA_MINUTE; k < QUOTA_END; k++) {
		int64_t limit = slot_limit(slot, k);
		int64_t ends = clock_mono_ms() + periods[k].ends_in_ms;

		if (limit == 0)
			continue;
		slot->used[k] = answer->used[i];
		slot->periods[k] = periods[k];
		if (answer->used[i++] >= limit && ends > slot->rest_deadline)
			slot->rest_deadline = ends;
	}
}

static void
on_leased(const struct store_lease_answer *answer, void *arg)
{
	struct slot *slot = arg;
	struct dispatch *dispatch = slot->dispatch;
	bool has_news = slot->has_news, was_looking = slot->is_looking;

	slot->is_looking = false;
	slot->is_leasing = false;
	slot->has_news = false;
	for (size_t i = 0; i < answer->n; i++) {
		breaker_began(&slot->breaker, clock_mono_ms());
		if (slot->modem == NULL || !dispatch->hooks.on_lease(slot->name,
		    &answer->leases[i], dispatch->arg))
			give_back(slot, &answer->leases[i]);
	}
	if (!slot_close(slot) || slot->modem == NULL)
		return;
	if (answer->error != NULL) {
		slot->is_lost = true;
		return;
	}
	look_at_quotas(slot, answer);
	if (slot->rest_deadline > 0)
		wake_by(dispatch, slot->rest_deadline - clock_mono_ms() + 1);
	if (answer->next_in_ms >= 0)
		wake_by(dispatch, answer->next_in_ms + 1);
	if (answer->n > 0 && was_looking)
		dispatch_work(dispatch, NULL);
	else if (answer->n > 0 || has_news)
		ask_lease(slot);
}

static bool
is_idle(const struct slot *slot)
{
	return slot->dispatch->hooks.is_idle(slot->name,
	    slot->dispatch->arg);
}

static void
ask_lease(struct slot *slot)
{
	struct dispatch *dispatch = slot->dispatch;
	int64_t now = clock_mono_ms(), wait_ms;
	const char *imsi = "";
	unsigned credit;

	if (dispatch->is_stopped || dispatch->is_paused)
		return;
	if (slot->is_leasing) {
		slot->has_news = true;
		return;
	}
	if (slot->is_lost) {
		/* Ask once only: a second recovery would take away what was
		 * leased after the first. */
		if (!slot->is_recovering)
			slot->is_recovering = dispatch->hooks.on_lost(
			    slot->name, dispatch->arg);
		return;
	}
	credit = dispatch->hooks.credit(slot->name, &imsi,
	    dispatch->arg);
	if (credit == 0)
		return;
	if (!breaker_allows(&slot->breaker, now)) {
		wait_ms = breaker_wait_ms(&slot->breaker, now);
		if (wait_ms >= 0)
			wake_by(dispatch, wait_ms + 1);
		return;
	}
	/* Ask for the second message only when the modem has taken the first: a
	 * message that comes now should go to another modem that is idle. */
	if (breaker_state(&slot->breaker, now) != BREAKER_CLOSED ||
	    is_idle(slot))
		credit = 1;
	slot->is_leasing = true;
	slot_lease(slot, imsi, credit, on_leased);
}

static void
ask_those(struct dispatch *dispatch, const char *pool, bool idle)
{
	for (size_t i = 0; i < dispatch->n_slots; i++) {
		struct slot *slot = dispatch->slots[i];

		if (is_idle(slot) == idle &&
		    (pool == NULL || slot_serves(slot, pool)))
			ask_lease(slot);
	}
}

/* Asks for idle modems first: Redis serves the questions in their order, and a
 * message should not wait behind a busy modem's text. */
void
dispatch_work(struct dispatch *dispatch, const char *pool)
{
	ask_those(dispatch, pool, true);
	ask_those(dispatch, pool, false);
}

/* Does another modem with a pool in common look for work already? */
static bool
is_looked_for(const struct dispatch *dispatch, const struct slot *slot)
{
	for (size_t i = 0; i < dispatch->n_slots; i++)
		if (dispatch->slots[i]->is_looking &&
		    slot_is_mate(slot, dispatch->slots[i]))
			return true;
	return false;
}

void
dispatch_look(struct dispatch *dispatch)
{
	size_t n = dispatch->n_slots, least = n / LOOK_ALL + 1, asked = 0;

	for (size_t i = 0; i < n; i++) {
		struct slot *slot = dispatch->slots[(dispatch->next_look + i) %
		    n];

		if (slot->is_leasing || (asked >= least &&
		    is_looked_for(dispatch, slot)))
			continue;
		ask_lease(slot);
		slot->is_looking = slot->is_leasing;
		asked += slot->is_looking;
	}
	dispatch->next_look = n > 0 ? (dispatch->next_look + least) % n : 0;
}

void
dispatch_modem(struct dispatch *dispatch, const char *modem)
{
	struct slot *slot = find_slot(dispatch, modem);

	if (slot != NULL)
		ask_lease(slot);
}

bool
dispatch_recovered(struct dispatch *dispatch, const char *modem)
{
	struct slot *slot = find_slot(dispatch, modem);

	if (slot == NULL || !slot->is_recovering)
		return false;
	slot->is_recovering = false;
	slot->is_lost = false;
	ask_lease(slot);
	return true;
}

void
dispatch_note(struct dispatch *dispatch, const char *modem,
    enum dispatch_end end, const char *refused)
{
	struct slot *slot = find_slot(dispatch, modem);
	int64_t now = clock_mono_ms();
	bool has_changed, was_refusing;

	if (slot == NULL)
		return;
	was_refusing = breaker_is_refusing(&slot->breaker);
	if (end == DISPATCH_TRIPPED)
		has_changed = breaker_trip(&slot->breaker, now);
	else
		has_changed = breaker_note(&slot->breaker,
		    end == DISPATCH_BLAMED, end == DISPATCH_SUCCESS, now);
	if (refused != NULL && breaker_refused(&slot->breaker, refused, now))
		has_changed = true;
	if (was_refusing != breaker_is_refusing(&slot->breaker))
		dispatch->hooks.on_refusals(modem, !was_refusing,
		    dispatch->arg);
	if (has_changed)
		dispatch->hooks.on_breaker(modem,
		    breaker_state(&slot->breaker, now) != BREAKER_CLOSED,
		    dispatch->arg);
}

/* The first other modem of this pool that can send; or NULL. */
static const char *
other_of_pool(const struct dispatch *dispatch, const struct slot *slot,
    const char *pool)
{
	for (size_t i = 0; i < dispatch->n_slots; i++) {
		const struct slot *other = dispatch->slots[i];

		if (other != slot && slot_serves(other, pool) &&
		    slot_can_send(other))
			return other->name;
	}
	return NULL;
}

char *
dispatch_others(const struct dispatch *dispatch, const char *modem)
{
	const struct slot *slot = find_slot(dispatch, modem);
	char *all = xstrdup("");

	for (const char **p = slot != NULL ? slot->pools : NULL;
	    p != NULL && *p != NULL; p++) {
		const char *other = other_of_pool(dispatch, slot, *p);
		char *longer;

		if (other == NULL)
			continue;
		longer = xasprintf("%s%s%s=%s", all, *all != '\0' ? "," : "",
		    *p, other);
		free(all);
		all = longer;
	}
	return all;
}

const char *
dispatch_breaker(const struct dispatch *dispatch, const char *modem)
{
	const struct slot *slot = find_slot(dispatch, modem);

	return slot == NULL ? "closed" : breaker_state_name(
	    breaker_state(&slot->breaker, clock_mono_ms()));
}

bool
dispatch_is_refusing(const struct dispatch *dispatch, const char *modem)
{
	const struct slot *slot = find_slot(dispatch, modem);

	return slot != NULL && breaker_is_refusing(&slot->breaker);
}

size_t
dispatch_quotas(const struct dispatch *dispatch, const char *modem,
    struct dispatch_quota out[DISPATCH_QUOTAS])
{
	const struct slot *slot = find_slot(dispatch, modem);
	struct quota_period now[QUOTA_END];
	size_t n = 0;

	quota_periods(clock_wall_ms(), now);
	for (enum quota_period_kind k = QUOTA_MINUTE;
	    slot != NULL && k < QUOTA_END; k++) {
		const char *id = slot->periods[k].id;

		if (slot_limit(slot, k) == 0)
			continue;
		out[n].period = now[k].name;
		out[n].limit = slot_limit(slot, k);
		out[n++].used = *id == '\0' ? -1
		    : strcmp(id, now[k].id) == 0 ? slot->used[k] : 0;
	}
	return n;
}

void
dispatch_reload(struct dispatch *dispatch)
{
	const struct conf *conf = dispatch->conf;
	struct slot **slots = xcalloc(conf->n_modems, sizeof(*slots));

	for (size_t i = 0; i < conf->n_modems; i++) {
		const struct conf_modem *modem = &conf->modems[i];

		slots[i] = find_slot(dispatch, modem->name);
		if (slots[i] != NULL)
			slot_reload(slots[i], modem);
		else
			slots[i] = slot_new(dispatch, modem);
	}
	for (size_t i = 0; i < dispatch->n_slots; i++)
		if (conf_modem_find(conf, dispatch->slots[i]->name) == NULL)
			slot_reload(dispatch->slots[i], NULL);
	free(dispatch->slots);
	dispatch->slots = slots;
	dispatch->n_slots = conf->n_modems;
	dispatch_work(dispatch, NULL);
}

bool
dispatch_is_quiet(const struct dispatch *dispatch)
{
	for (size_t i = 0; i < dispatch->n_slots; i++)
		if (dispatch->slots[i]->n_open > 0)
			return false;
	return true;
}

void
dispatch_pause(struct dispatch *dispatch, bool is_paused)
{
	dispatch->is_paused = is_paused;
	if (!is_paused)
		dispatch_work(dispatch, NULL);
}

void
dispatch_doubt(struct dispatch *dispatch, const char *modem)
{
	struct slot *slot = find_slot(dispatch, modem);

	if (slot != NULL)
		slot->is_lost = true;
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
	bool was_due = dispatch->is_due;
	int64_t turn_ms = window_until_turn_ms(
	    dispatch->conf->notices.window_from,
	    dispatch->conf->notices.window_to, clock_wall_ms());

	(void)fd;
	(void)what;
	wake_in(dispatch, turn_ms < LOOK_MS ? turn_ms : LOOK_MS);
	dispatch->is_due = turn_ms < LOOK_MS;
	if (was_due)
		dispatch_work(dispatch, NULL);
	else
		dispatch_look(dispatch);
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
		dispatch->slots[i] = slot_new(dispatch, &conf->modems[i]);
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
		slot_free(dispatch->slots[i]);
	free(dispatch->slots);
	event_free(dispatch->timer);
	free(dispatch);
}
