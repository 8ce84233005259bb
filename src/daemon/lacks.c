/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms about what a modem can't do: raised when its worker says so,
 * cleared when it says otherwise.
 */
#include <string.h>

#include "alarm/alarm.h"
#include "daemon/lacks.h"

/* The words are those of worker/settings.h. A modem without USSD raises no
 * alarm, because many need none; `baotinctl modem NAME` shows it. */
static const struct {
	const char *word;
	enum alarm_id alarm;
} rows[] = {
	{"reports", ALARM_NO_REPORTS},
	{"announcements", ALARM_NO_ANNOUNCEMENTS},
	{"reading", ALARM_NO_READING},
	{"memories", ALARM_NO_MEMORIES},
	{"calls", ALARM_NO_CALLS},
};

static bool
has_word(const char *words, const char *word)
{
	size_t n = strlen(word);
	const char *p = words;

	while ((p = strstr(p, word)) != NULL) {
		if ((p == words || p[-1] == ' ') &&
		    (p[n] == ' ' || p[n] == '\0'))
			return true;
		p += n;
	}
	return false;
}

void
lacks_tell(struct alarms *alarms, const char *modem, const char *lacks)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool is_lacking = has_word(lacks, rows[i].word);

		alarm_set(alarms, rows[i].alarm, modem, is_lacking,
		    is_lacking ? NULL : "the modem can do it now");
	}
}
