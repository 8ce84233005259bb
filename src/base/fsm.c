/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Changes states by the table and says so once. A step that the table
 * forbids is our own mistake and ends the program here.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fsm.h"
#include "base/log.h"

void
fsm_init(struct fsm *f, const char *machine, const char *instance,
    const struct fsm_state *states, unsigned n_states, unsigned first,
    void *user)
{
	assert(n_states <= FSM_STATES_MAX && first < n_states);
	memset(f, 0, sizeof(*f));
	f->machine = machine;
	f->instance = instance;
	f->states = states;
	f->n_states = n_states;
	f->state = first;
	f->since_ms = clock_mono_ms();
	f->user = user;
}

bool
fsm_may_go(const struct fsm *f, unsigned state)
{
	return state < f->n_states &&
	    (f->states[f->state].next & FSM_TO(state)) != 0;
}

const char *
fsm_state_name(const struct fsm *f)
{
	return f->states[f->state].name;
}

static void
log_change(const struct fsm *f, unsigned from, int64_t lasted_ms)
{
	char token[40], instance[80];

	(void)snprintf(token, sizeof(token), "%s_state", f->machine);
	log_info(token, "%s=%s from=%s to=%s after=%" PRId64 ".%03ds",
	    f->machine, log_quote(f->instance, instance, sizeof(instance)),
	    f->states[from].name, fsm_state_name(f), lasted_ms / 1000,
	    (int)(lasted_ms % 1000));
}

static void __attribute__((noreturn))
forbidden(const struct fsm *f, unsigned state)
{
	log_error("fsm_forbidden", "%s=%s from=%s to=%s", f->machine,
	    f->instance, fsm_state_name(f),
	    state < f->n_states ? f->states[state].name : "?");
	abort();
}

void
fsm_go(struct fsm *f, unsigned state)
{
	int64_t now_ms = clock_mono_ms(), lasted_ms = now_ms - f->since_ms;
	unsigned from = f->state;

	assert(!f->is_changing);
	if (!fsm_may_go(f, state))
		forbidden(f, state);
	f->state = state;
	f->since_ms = now_ms;
	log_change(f, from, lasted_ms);
	f->is_changing = true;
	if (f->on_change != NULL)
		f->on_change(f, from, state);
	f->is_changing = false;
}
