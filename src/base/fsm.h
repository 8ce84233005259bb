/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A state machine as a table: each state's name and the states that may
 * follow it. One function changes the state, so one place logs and checks
 * the transitions.
 */
#ifndef BASE_FSM_H
#define BASE_FSM_H

#include <stdbool.h>
#include <stdint.h>

#define FSM_STATES_MAX 32
#define FSM_TO(state)  (UINT32_C(1) << (state))

struct fsm;

struct fsm_state {
	const char *name;
	uint32_t next;			/* FSM_TO(a) | FSM_TO(b) … */
};

struct fsm {
	const char *machine;	/* "modem": token and key of the log lines */
	const char *instance;	/* "viettel-1" */
	const struct fsm_state *states;
	unsigned n_states;
	unsigned state;
	int64_t since_ms;	/* monotonic, when the state was entered */
	void *user;

	/* After every change. Must not call fsm_go(). May be NULL. */
	void (*on_change)(struct fsm *, unsigned from, unsigned to);
	bool is_changing;
};

/* Puts the machine into its first state, without log line and hooks.
 * machine, instance and states are kept by reference; at most
 * FSM_STATES_MAX states. */
void fsm_init(struct fsm *, const char *machine, const char *instance,
    const struct fsm_state *states, unsigned n_states, unsigned first,
    void *user);

/* The only way to another state: logs one line, then calls on_change. A
 * state may follow itself only where its own row says so. A step that the
 * table does not have ends the program. */
void fsm_go(struct fsm *, unsigned state);

/* May the machine go there from where it is? */
bool fsm_may_go(const struct fsm *, unsigned state);

const char *fsm_state_name(const struct fsm *);

#endif
