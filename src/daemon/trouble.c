/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms about one modem: raised by what its worker or the dispatcher says,
 * cleared when they say otherwise.
 */
#include <stdio.h>
#include <string.h>

#include "alarm/alarm.h"
#include "daemon/state.h"
#include "daemon/trouble.h"
#include "modem/modem.h"

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
trouble_lacks(struct modem *modem, const char *lacks, void *arg)
{
	struct daemon *d = arg;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool is_lacking = has_word(lacks, rows[i].word);

		alarm_set(d->alarms, rows[i].alarm, modem_name(modem),
		    is_lacking, is_lacking ? NULL : "the modem can do it now");
	}
}

void
trouble_journal(struct modem *modem, bool is_well, const char *trouble,
    void *arg)
{
	struct daemon *d = arg;
	char text[400];

	(void)snprintf(text, sizeof(text), is_well ? "it can be written again"
	    : "this modem sends nothing, because what it sends can't be "
	    "noted: %s", trouble);
	alarm_set(d->alarms, ALARM_JOURNAL, modem_name(modem), !is_well,
	    text);
}

void
trouble_breaker(const char *name, bool is_open, void *arg)
{
	struct daemon *d = arg;

	alarm_set(d->alarms, ALARM_MODEM_FAILING, name, is_open, NULL);
}

void
trouble_refusals(const char *name, bool is_refusing, void *arg)
{
	struct daemon *d = arg;

	alarm_set(d->alarms, ALARM_REFUSALS, name, is_refusing,
	    is_refusing ? NULL : "it has sent a text again");
}
