/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The states of a message, from states.def. Redis holds each message's state
 * and checks each transition; this file has the names and traits.
 */
#ifndef MESSAGE_STATES_H
#define MESSAGE_STATES_H

#include <stdbool.h>

#include "base/metric.h"

enum state {
#define S(ID, name, place, retention, metric, traits, next, english,          \
	    vietnamese)                                                       \
	STATE_##ID,
#include "message/states.def"
#undef S
	STATE_END,
};

/* states.def explains each trait. */
enum state_trait {
	STATE_IS_OPEN = 1 << 0,
	STATE_IS_UNSURE = 1 << 1,
	STATE_IS_WAITS = 1 << 2,
	STATE_IS_CANCELLABLE = 1 << 3,
	STATE_IS_MISSED = 1 << 4,
	STATE_IS_REPEATABLE = 1 << 5,
	STATE_IS_REPORTABLE = 1 << 6,
	STATE_IS_UNSENT = 1 << 7,
	STATE_IS_OUT = 1 << 8,
};

const char *state_name(enum state);

bool state_has(enum state, enum state_trait);
bool state_may_become(enum state, enum state next);

/* The state that usually follows; STATE_END: none does. */
enum state state_usual_next(enum state);

/* The metric that counts the messages that came to this state. */
enum metric state_metric(enum state);

/* The state's sentence for people, without a full stop. */
const char *state_english(enum state);
const char *state_vietnamese(enum state);

#endif
