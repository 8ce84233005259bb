/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looks for these words without accents, in small letters, as whole words. An
 * advertisement speaks of credit, too, so the words are those of a loss.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm.h"
#include "base/log.h"
#include "daemon/state.h"
#include "daemon/texts.h"
#include "text/fold.h"

static const char *const words[] = {
	/* blocking */
	"bi khoa", "se khoa", "khoa chieu", "khoa 1 chieu", "khoa 2 chieu",
	"khoa hai chieu", "khoa mot chieu", "bi chan", "se chan",
	"tam ngung", "tam khoa", "ngung cung cap", "thu hoi", "dinh chi",
	"xac thuc lai", "chuan hoa thong tin", "cap nhat thong tin",
	"blocked", "barred", "suspended", "deactivated", "disconnected",
	/* an end */
	"het han", "sap het han", "het hieu luc", "expire", "expires",
	"expired",
	/* credit */
	"het tien", "sap het tien", "khong du tien", "khong du de",
	"khong du tai khoan", "tai khoan khong du", "so du khong du",
	"vui long nap", "insufficient", "low balance", "top up your",
	NULL,
};

static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
		if ((p == text || !isalnum((unsigned char)p[-1])) &&
		    !isalnum((unsigned char)p[n]))
			return true;
	return false;
}

bool
texts_is_alarming(const char *text)
{
	char *plain = text_fold(text);
	bool found = false;

	for (char *p = plain; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	for (size_t i = 0; words[i] != NULL && !found; i++)
		found = has_word(plain, words[i]);
	free(plain);
	return found;
}

void
texts_heard(struct daemon *d, const char *modem, const char *text)
{
	log_info("operator_text", "modem=%s octets=%zu", modem, strlen(text));
	if (texts_is_alarming(text))
		alarm_set(d->alarms, ALARM_OPERATOR_TEXT, modem, true, NULL);
}
