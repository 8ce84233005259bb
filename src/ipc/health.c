/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of health.def, and its sentences put together.
 */
#include <string.h>

#include "base/mem.h"
#include "ipc/health.h"

static const struct health_row rows[] = {
	[HEALTH_WELL] = {"", MODEM_READY, {"", ""}, {"", ""}},
#define X(id, word, state, vi, vi_advice, en, en_advice)                      \
	[HEALTH_##id] = {word, MODEM_##state, {vi, en},                       \
	    {vi_advice, en_advice}},
	HEALTH_REASONS(X)
#undef X
};

const struct health_row *
health_row(enum health_reason reason)
{
	return &rows[reason];
}

enum health_reason
health_find(const char *word)
{
	for (int i = HEALTH_WELL + 1; i < HEALTH_REASONS_END; i++)
		if (strcmp(rows[i].word, word) == 0)
			return (enum health_reason)i;
	return HEALTH_WELL;
}

char *
health_sentence(enum health_reason reason, enum health_language language,
    const char *detail)
{
	const char *text = rows[reason].sentence[language];
	const char *gap = strstr(text, "{}");

	if (gap == NULL)
		return xstrdup(text);
	return xasprintf("%.*s%s%s", (int)(gap - text), text,
	    detail != NULL ? detail : "", gap + strlen("{}"));
}

const char *
modem_state_name(enum modem_state state)
{
	static const char *const names[] = {
#define X(id, name, next) [MODEM_##id] = name,
		MODEM_STATES(X)
#undef X
	};

	return names[state];
}
