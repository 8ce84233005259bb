/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A state machine as a table: per state its name, where it may go from
 * there, how long it may last and what happens on entering. One function
 * changes state, so one place logs, checks and counts the transitions.
 * Knows no event loop: the owner arms its timer from fsm_timeout_ms().
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
	int64_t timeout_ms;		/* 0: may last for ever */
	void (*on_enter)(struct fsm *);	/* may call fsm_go(); or NULL */
};

struct fsm {
	const char *machine;	/* "modem": token and key of the log lines */
	const char *instance;	/* "viettel-1" */
	const struct fsm_state *states;
	unsigned n_states;
	unsigned state;
	int64_t since_ms;	/* monotonic, when the state was entered */
	void *user;

	/* After every change and before on_enter; to count transitions and
	 * to arm the timer. Must not call fsm_go(). May be NULL. */
	void (*on_change)(struct fsm *, unsigned from, unsigned to);
	bool is_changing;
};

/* Puts the machine into its first state, without log line and hooks.
 * machine, instance and states are kept by reference; at most
 * FSM_STATES_MAX states. */
void fsm_init(struct fsm *, const char *machine, const char *instance,
    const struct fsm_state *states, unsigned n_states, unsigned first,
    void *user);

/* The only way to another state: logs one line, calls on_change, then the
 * new state's on_enter. A state may be entered anew only where its own
 * table row allows it. Asserts that the table allows the step. */
void fsm_go(struct fsm *, unsigned state);

/* May the machine go there from where it is? */
bool fsm_may_go(const struct fsm *, unsigned state);

const char *fsm_state_name(const struct fsm *);

/* Milliseconds until the present state has lasted too long: 0 when it has,
 * -1 when it may last for ever. */
int64_t fsm_timeout_ms(const struct fsm *);

#endif
