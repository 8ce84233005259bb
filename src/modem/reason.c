/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why a modem is in its state, and which states it had before.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "modem/inside.h"

enum health_reason
modem_reason(const struct modem *modem, const char **detail)
{
	*detail = modem->detail;
	return modem->reason;
}

int
modem_tries_left(const struct modem *modem)
{
	return modem->tries_left;
}

int64_t
modem_since(const struct modem *modem)
{
	return modem->changed_at;
}

/* Notes a change of state or reason. BUSY counts as READY: a text in its hands
 * is no change. */
static void
note_past(struct modem *modem)
{
	enum modem_state state = modem_state(modem);
	struct past *last = modem->n_past > 0
	    ? &modem->past[modem->n_past - 1] : NULL;

	if (state == MODEM_BUSY)
		state = MODEM_READY;
	if (last != NULL && last->state == state &&
	    last->reason == modem->reason)
		return;
	if (modem->n_past == PAST_MOST)
		memmove(modem->past, modem->past + 1,
		    --modem->n_past * sizeof(*modem->past));
	modem->past[modem->n_past++] = (struct past){
		.at = clock_wall_ms(),
		.state = state,
		.reason = modem->reason,
	};
}

void
modem_set_reason(struct modem *modem, enum health_reason reason,
    const char *detail)
{
	modem->reason = reason;
	(void)snprintf(modem->detail, sizeof(modem->detail), "%s",
	    detail != NULL ? detail : "");
}

void
modem_go(struct modem *modem, enum modem_state state)
{
	if (state == MODEM_READY || state == MODEM_BUSY)
		modem_set_reason(modem, HEALTH_WELL, NULL);
	if (modem_state(modem) != state)
		fsm_go(&modem->fsm, state);
	note_past(modem);
}

json_t *
modem_past(const struct modem *modem)
{
	json_t *list = json_array();

	for (size_t i = modem->n_past; i > 0; i--)
		json_array_append_new(list, json_pack("{sI ss ss}",
		    "at", (json_int_t)modem->past[i - 1].at,
		    "state", modem_state_name(modem->past[i - 1].state),
		    "reason", health_row(modem->past[i - 1].reason)->word));
	return list;
}
