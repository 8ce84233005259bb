/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The situations of a dossier, from situations.def, and the three ways it is
 * filed.
 */
#ifndef DOSSIER_STATUS_H
#define DOSSIER_STATUS_H

#include <stdbool.h>

enum situation {
#define S(ID, number, name, superseded_by, traits) SITUATION_##ID = number,
#include "dossier/situations.def"
#undef S
};

/* What they mean is said in situations.def. */
enum situation_trait {
	SITUATION_ENDS_MATTER = 1 << 0,
	SITUATION_ENDS_LATE = 1 << 1,
	SITUATION_COLLECTABLE = 1 << 2,
	SITUATION_KEEPS_STATUS = 1 << 3,
	SITUATION_MUST_HEAR = 1 << 4,
};

#define SITUATION_FIRST SITUATION_REGISTERED
#define SITUATION_LAST  SITUATION_LATE

#define CHANNELS(X)                                                           \
	X(DIRECT, "direct")                                                   \
	X(ONLINE, "online")                                                   \
	X(POSTAL, "postal")

enum channel {
#define X(id, name) CHANNEL_##id,
	CHANNELS(X)
#undef X
};

const char *situation_name(enum situation);
const char *channel_name(enum channel);

bool situation_has(enum situation, enum situation_trait);

/* "9" and "ready" both; 0, or -1 for anything else. Do not log. */
int situation_parse(const char *text, enum situation *out);
int channel_parse(const char *text, enum channel *out);

#endif
