/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides when the ladder (modem/ladder.h) is climbed.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "modem/inside.h"

#define RETURN_MS  60000	/* until a modem that was reset comes back */
#define NETWORK_MS 120000	/* so long without a network: then reset it */

static void
order(struct modem *modem, enum ladder_step step)
{
	if (step == LADDER_WORKER)
		return;
	modem->reset = step == LADDER_SOFT ? RESET_SOFT : RESET_HARD;
	log_warning("modem_reset", "modem=%s kind=%s reason=%s resets=%u",
	    modem->own->name, step == LADDER_SOFT ? "soft" : "hard",
	    health_row(modem->reason)->word, modem->ladder.resets);
}

/* A reset may help when the modem is there but does not work. */
static bool
may_help(enum health_reason reason)
{
	switch (reason) {
	case HEALTH_SILENT:
	case HEALTH_TIMEOUT:
	case HEALTH_AT_ERROR:
	case HEALTH_INIT:
	case HEALTH_SIM_BUSY:
	case HEALTH_NO_IMSI:
	case HEALTH_WORKER_ENDED:
	case HEALTH_RESETS_FAILED:
		return true;
	default: /* most of a long table */
		return false;
	}
}

void
modem_climb(struct modem *modem)
{
	char was[sizeof(modem->detail)];
	enum health_reason reason = modem->reason;

	if (!may_help(reason))
		return;
	order(modem, ladder_failed(&modem->ladder, clock_boot_ms()));
	if (!ladder_is_spent(&modem->ladder) ||
	    reason == HEALTH_RESETS_FAILED)
		return;
	(void)snprintf(was, sizeof(was), "%s", health_row(reason)->word);
	modem_set_reason(modem, HEALTH_RESETS_FAILED, was);
}

void
modem_climb_unregistered(struct modem *modem)
{
	/* A network that refuses this SIM does so after a reset, too. */
	if (modem->reason == HEALTH_REFUSED_BY_NETWORK ||
	    clock_mono_ms() - modem->fsm.since_ms < NETWORK_MS)
		return;
	order(modem, ladder_reset(&modem->ladder, clock_boot_ms()));
	if (modem->reset != RESET_NONE)
		modem_end_worker(modem);
}

void
modem_climb_down(struct modem *modem)
{
	const struct ladder *ladder = &modem->ladder;

	/* A restart that we asked for also takes a USB device away for a
	 * while. */
	if (ladder->n_at > 0 && clock_boot_ms() -
	    ladder->at[ladder->n_at - 1] < RETURN_MS)
		return;
	ladder_clear(&modem->ladder);
	modem->reset = RESET_NONE;
}

int
modem_reset(struct modem *modem)
{
	if (modem_is_ending(modem) || modem->wish == MODEM_WISH_DRAIN)
		return -1;
	modem->reset = RESET_HARD;
	log_warning("modem_reset", "modem=%s kind=hard reason=operator",
	    modem->own->name);
	if (modem->process != NULL)
		modem_end_worker(modem);
	else
		modem_arm(modem, 0);
	return 0;
}
