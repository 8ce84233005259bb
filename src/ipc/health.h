/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of health.def: why a modem is not well, for people.
 */
#ifndef IPC_HEALTH_H
#define IPC_HEALTH_H

#include <stdbool.h>

#include "ipc/health.def"

#define X(id, name, next) MODEM_##id,
enum modem_state {
	MODEM_STATES(X)
	MODEM_STATES_END
};
#undef X

enum health_reason {
	HEALTH_WELL,
#define X(id, word, state, vi, vi_advice, en, en_advice) HEALTH_##id,
	HEALTH_REASONS(X)
#undef X
	HEALTH_REASONS_END
};

enum health_language { HEALTH_VI, HEALTH_EN };

struct health_row {
	const char *word;		/* stable: "pin_refused"; "" well */
	enum modem_state state;		/* that it brings */
	const char *sentence[2];	/* by language; may hold "{}" */
	const char *advice[2];
};

const struct health_row *health_row(enum health_reason);

/* HEALTH_WELL for "" and for words that are none. */
enum health_reason health_find(const char *word);

/* The sentence with its detail ("" or NULL: none); the caller frees. */
char *health_sentence(enum health_reason, enum health_language,
    const char *detail);

/* "down", "starting" …: constants. */
const char *modem_state_name(enum modem_state);

#endif
