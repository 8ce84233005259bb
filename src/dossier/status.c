/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rows of situations.def, and the channels.
 */
#include <stdio.h>
#include <string.h>

#include "dossier/status.h"

/* The words of the column `traits`. */
enum {
	ENDS_MATTER = SITUATION_ENDS_MATTER,
	ENDS_LATE = SITUATION_ENDS_LATE,
	COLLECTABLE = SITUATION_COLLECTABLE,
	KEEPS_STATUS = SITUATION_KEEPS_STATUS,
	MUST_HEAR = SITUATION_MUST_HEAR,
};

static const struct {
	const char *name;
	unsigned traits;
} rows[] = {
#define S(ID, number, label, superseded_by, marks)                            \
	[SITUATION_##ID] = {.name = label, .traits = marks},
#include "dossier/situations.def"
#undef S
};

const char *
situation_name(enum situation situation)
{
	return rows[situation].name;
}

bool
situation_has(enum situation situation, enum situation_trait trait)
{
	return (rows[situation].traits & trait) != 0;
}

const char *
channel_name(enum channel channel)
{
	switch (channel) {
#define X(id, name)                                                           \
	case CHANNEL_##id:                                                    \
		return name;
		CHANNELS(X)
#undef X
	}
	return "?";
}

int
situation_parse(const char *text, enum situation *out)
{
	char number[12];

	for (int i = SITUATION_FIRST; i <= SITUATION_LAST; i++) {
		enum situation situation = (enum situation)i;

		(void)snprintf(number, sizeof(number), "%d", i);
		/* A situation that is no status of the portal has no number
		 * there. */
		if (strcmp(text, situation_name(situation)) == 0 ||
		    (!situation_has(situation, SITUATION_KEEPS_STATUS) &&
		    strcmp(text, number) == 0)) {
			*out = situation;
			return 0;
		}
	}
	return -1;
}

int
channel_parse(const char *text, enum channel *out)
{
	static const enum channel all[] = {
#define X(id, name) CHANNEL_##id,
		CHANNELS(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(text, channel_name(all[i])) == 0) {
			*out = all[i];
			return 0;
		}
	return -1;
}
