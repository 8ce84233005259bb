/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The way in for all fronts with a dialogue: connects the engine (dialogue.c)
 * with the menu (menu.c).
 */
#include "base/log.h"
#include "base/metric.h"
#include "lookup/menu.h"

static const struct dialogue_menu menu = {
	.begin = menu_begin,
	.step = menu_step,
};

void
lookup_begin(struct lookup *lookup, const struct lookup_request *request,
    lookup_answered *done, void *arg)
{
	dialogue_start(lookup, &menu, request, true, done, arg);
}

void
lookup_input(struct lookup *lookup, const struct lookup_request *request,
    lookup_answered *done, void *arg)
{
	dialogue_start(lookup, &menu, request, false, done, arg);
}

void
lookup_end(struct lookup *lookup, const struct lookup_transport *transport,
    const char *session)
{
	/* The state stays until its TTL ends, so that "continue?" can offer
	 * it. */
	(void)lookup;
	(void)session;
	metric_add(METRIC_DIALOGUES_HUNG_UP, 1);
	log_debug("dialogue_end", "transport=%s", transport->name);
}
