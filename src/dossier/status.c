/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names and numbers of situations and channels, from the lists in status.h.
 */
#include <stdio.h>
#include <string.h>

#include "dossier/status.h"

const char *
situation_name(enum situation situation)
{
	switch (situation) {
#define X(id, number, name)                                                   \
	case SITUATION_##id:                                                  \
		return name;
		SITUATIONS(X)
#undef X
	}
	return "?";
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
		/* "late" is no status of the portal and has no number. */
		if (strcmp(text, situation_name(situation)) == 0 ||
		    (situation != SITUATION_LATE &&
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
