/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms about what a modem can't do: raised when its worker says so,
 * cleared when it says otherwise.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/alarm.h"
#include "daemon/lacks.h"

/* worker/settings.h has the words. That a modem knows no USSD shows in
 * `baotinctl modem NAME` only: many need none. */
static const struct {
	const char *word, *text;
} rows[] = {
	{"reports", "it takes no AT+CNMI with status reports: its texts stay "
	    "\"sent\", and nobody knows whether they arrive; give it other "
	    "firmware, or set status_reports = false"},
	{"announcements", "it takes no AT+CNMI: texts that come in are read "
	    "every 30 s only, so answers come late"},
	{"reading", "texts that come in can't be read or deleted (its log "
	    "line reading_failed names the command), so nobody gets an "
	    "answer"},
	{"memories", "it takes no AT+CPMS: texts are read from the memory "
	    "that it chose itself, and what it stores elsewhere is not seen"},
	{"calls", "it does not say who calls (neither +CLIP nor AT+CLCC): "
	    "missed calls get no answer; set missed_calls = false, or use "
	    "another modem"},
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
	char name[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool is_lacking = has_word(lacks, rows[i].word);

		(void)snprintf(name, sizeof(name), "modem_no_%s",
		    rows[i].word);
		alarm_set(alarms, name, modem, is_lacking, "warning",
		    is_lacking ? rows[i].text : "the modem can do it now");
	}
}
