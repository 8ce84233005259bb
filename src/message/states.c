/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rows of states.def.
 */
#include <string.h>

#include "message/states.h"

/* The words of the columns `traits` and `next`. */
enum {
	OPEN = STATE_IS_OPEN,
	UNSURE = STATE_IS_UNSURE,
	WAITS = STATE_IS_WAITS,
	CANCELLABLE = STATE_IS_CANCELLABLE,
	MISSED = STATE_IS_MISSED,
	REPEATABLE = STATE_IS_REPEATABLE,
	REPORTABLE = STATE_IS_REPORTABLE,
	UNSENT = STATE_IS_UNSENT,
	OUT = STATE_IS_OUT,
	NOTHING = 0,
#define S(ID, name, place, retention, metric, traits, next, english,          \
	    vietnamese)                                                       \
	ID = 1 << STATE_##ID,
#include "message/states.def"
#undef S
};

/* `next` as text, too: its first word is the usual way. */
static const struct {
	const char *name, *way, *english, *vietnamese;
	enum metric metric;
	unsigned traits, next;
} rows[] = {
#define S(ID, label, where, retention, count, marks, after, en, vi)           \
	[STATE_##ID] = {                                                      \
		.name = label, .way = #after,                                 \
		.english = en, .vietnamese = vi,                              \
		.metric = METRIC_##count, .traits = marks, .next = after,     \
	},
#include "message/states.def"
#undef S
};

const char *
state_name(enum state state)
{
	return rows[state].name;
}

bool
state_has(enum state state, enum state_trait trait)
{
	return (rows[state].traits & trait) != 0;
}

bool
state_may_become(enum state state, enum state next)
{
	return (rows[state].next & 1u << next) != 0;
}

enum state
state_usual_next(enum state state)
{
	static const char *const ids[] = {
#define S(ID, name, place, retention, metric, traits, next, english,          \
	    vietnamese)                                                       \
		[STATE_##ID] = #ID,
#include "message/states.def"
#undef S
	};
	size_t n = strcspn(rows[state].way, " |");

	for (enum state s = 0; s < STATE_END; s++)
		if (strlen(ids[s]) == n &&
		    strncmp(rows[state].way, ids[s], n) == 0)
			return s;
	return STATE_END;
}

enum metric
state_metric(enum state state)
{
	return rows[state].metric;
}

const char *
state_english(enum state state)
{
	return rows[state].english;
}

const char *
state_vietnamese(enum state state)
{
	return rows[state].vietnamese;
}
