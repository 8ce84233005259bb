/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A slot is what dispatch knows of one modem, and how it asks for work: its
 * quotas in the present periods, the hours, and which other modems could help.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "dispatch/slot.h"
#include "dispatch/window.h"

#define MATES_MAX 256

static void
find_pools(struct slot *slot, const struct conf_modem *modem)
{
	const struct conf *conf = slot->dispatch->conf;
	size_t n = 0;

	free(slot->pools);
	slot->pools = xcalloc(conf->n_pools + 1, sizeof(*slot->pools));
	for (size_t i = 0; i < conf->n_pools; i++)
		if (conf_pool_has(&conf->pools[i], modem->name))
			slot->pools[n++] = conf->pools[i].name;
}

struct slot *
slot_new(struct dispatch *dispatch, const struct conf_modem *modem)
{
	struct slot *slot = xcalloc(1, sizeof(*slot));

	slot->dispatch = dispatch;
	slot->name = xstrdup(modem->name);
	slot->modem = modem;
	find_pools(slot, modem);
	return slot;
}

void
slot_free(struct slot *slot)
{
	free(slot->name);
	free(slot->pools);
	free(slot);
}

void
slot_reload(struct slot *slot, const struct conf_modem *modem)
{
	slot->modem = modem;
	slot->rest_deadline = 0;
	if (modem != NULL)
		find_pools(slot, modem);
	else if (slot->n_open == 0)
		slot_free(slot);
}

bool
slot_close(struct slot *slot)
{
	slot->n_open--;
	if (slot->modem != NULL || slot->n_open > 0)
		return true;
	slot_free(slot);
	return false;
}

bool
slot_serves(const struct slot *slot, const char *pool)
{
	for (const char **p = slot->pools; *p != NULL; p++)
		if (strcmp(*p, pool) == 0)
			return true;
	return false;
}

bool
slot_can_send(const struct slot *slot)
{
	const struct dispatch *dispatch = slot->dispatch;
	int64_t now = clock_mono_ms();

	return now >= slot->rest_deadline &&
	    breaker_state(&slot->breaker, now) == BREAKER_CLOSED &&
	    dispatch->hooks.can_send(slot->name, dispatch->arg);
}

int64_t
slot_limit(const struct slot *slot, enum quota_period_kind kind)
{
	const struct conf_quota *limits = &slot->modem->limits;

	switch (kind) {
	case QUOTA_MINUTE:
		return limits->minute;
	case QUOTA_HOUR:
		return limits->hour;
	case QUOTA_DAY:
		return limits->day;
	case QUOTA_MONTH:
		return limits->month;
	case QUOTA_END:
		break;
	}
	return 0;
}

bool
slot_is_mate(const struct slot *slot, const struct slot *other)
{
	if (slot == other)
		return false;
	for (const char **p = slot->pools; *p != NULL; p++)
		if (slot_serves(other, *p))
			return true;
	return false;
}

static size_t
list_mates(const struct slot *slot, struct call_mate *out)
{
	const struct dispatch *dispatch = slot->dispatch;
	size_t n = 0;

	for (size_t i = 0; i < dispatch->n_slots && n < MATES_MAX; i++) {
		const struct slot *other = dispatch->slots[i];

		if (!slot_is_mate(slot, other))
			continue;
		out[n].name = other->name;
		out[n++].can_send = slot_can_send(other);
	}
	return n;
}

/* How long until the window opens on another calendar day. */
static int64_t
next_day_ms(const struct conf *conf, int64_t day_ends_in_ms, int64_t now)
{
	int64_t midnight = now + day_ends_in_ms;
	int from = conf->notices.window_from, to = conf->notices.window_to;

	if (window_is_open(from, to, midnight))
		return day_ends_in_ms;
	return day_ends_in_ms + window_until_turn_ms(from, to, midnight);
}

void
slot_lease(struct slot *slot, const char *imsi, unsigned count,
    store_leased *done)
{
	const struct conf *conf = slot->dispatch->conf;
	int64_t now = clock_wall_ms();
	struct quota_period periods[QUOTA_END];
	struct call_quota quotas[QUOTA_END];
	struct call_mate mates[MATES_MAX];
	struct lease_ask ask = {
		.modem = slot->name,
		.imsi = imsi,
		.pools = slot->pools,
		.count = count,
		.is_window_open = window_is_open(conf->notices.window_from,
		    conf->notices.window_to, now),
		.quotas = quotas,
		.month = periods[QUOTA_MONTH].id,
		.recipients = slot->modem->limits.recipients_month,
		.mates = mates,
		.day = periods[QUOTA_DAY].id,
	};

	quota_periods(now, periods);
	for (enum quota_period_kind k = QUOTA_MINUTE; k < QUOTA_END; k++) {
		if (slot_limit(slot, k) == 0)
			continue;
		quotas[ask.n_quotas++] = (struct call_quota){
			.name = periods[k].name,
			.id = periods[k].id,
			.limit = slot_limit(slot, k),
			.ends_in_ms = periods[k].ends_in_ms,
		};
	}
	ask.n_mates = list_mates(slot, mates);
	ask.phone_retry_ms = next_day_ms(conf, periods[QUOTA_DAY].ends_in_ms,
	    now);
	slot->n_open++;
	store_lease(slot->dispatch->store, &ask, done, slot);
}
