/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the other stages may ask about a modem's present state.
 */
#include "base/clock.h"
#include "conf/conf.h"
#include "modem/inside.h"

/* A modem that is slow for SLOW_MS gets no second message. A modem whose
 * worker has waited for an answer for STUCK_MS gets none at all. Both are
 * shorter than the 3 s and 4 s after which the worker gives waiting texts
 * back (worker/worker.c, send.c): else a text that was given back would come
 * again. */
#define SLOW_MS	       2500
#define STUCK_MS       2000

const char *
modem_name(const struct modem *modem)
{
	return modem->own->name;
}

const char *
modem_imsi(const struct modem *modem)
{
	return modem->ready.type == PROTO_TYPE_READY
	    ? modem->ready.ready.imsi : "";
}

const char *
modem_number(const struct modem *modem)
{
	return modem->ready.type == PROTO_TYPE_READY
	    ? modem->ready.ready.number : "";
}

const struct conf_modem *
modem_conf(const struct modem *modem)
{
	return modem->own;
}

enum modem_state
modem_state(const struct modem *modem)
{
	return (enum modem_state)modem->fsm.state;
}

bool
modem_is_replaying(const struct modem *modem)
{
	return modem->is_replaying;
}

unsigned
modem_in_flight(const struct modem *modem)
{
	return modem->n_flights;
}

bool
modem_is_ending(const struct modem *modem)
{
	return modem->is_draining || modem->is_leaving ||
	    modem->is_restarting;
}

bool
modem_can_send(const struct modem *modem)
{
	enum modem_state state = modem_state(modem);

	return !modem_is_ending(modem) && modem->wish == MODEM_WISH_UP &&
	    (state == MODEM_READY || state == MODEM_BUSY);
}

bool
modem_is_stuck(const struct modem *modem)
{
	return modem->call_since_ms != 0 &&
	    clock_mono_ms() - modem->call_since_ms > STUCK_MS;
}

unsigned
modem_credit(const struct modem *modem)
{
	if (!modem_can_send(modem) || modem_is_stuck(modem))
		return 0;
	if (modem->n_flights > 0 &&
	    clock_mono_ms() - modem->front_since_ms > SLOW_MS)
		return 0;
	return MODEM_CREDIT - modem->n_flights;
}

bool
modem_is_fresh(const struct modem *modem)
{
	return modem->process == NULL || process_is_fresh(modem->process);
}

bool
modem_is_gone(const struct modem *modem)
{
	return modem->process == NULL;
}

bool
modem_is_leaving(const struct modem *modem)
{
	return modem->is_leaving;
}
