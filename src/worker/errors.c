/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns error words into numbers, by one table (errors.def).
 */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "worker/errors.h"

#define NUMBER_MAX 65535

enum { FAMILY_CME, FAMILY_CMS };

static const struct {
	int family, number;
	const char *words;
} rows[] = {
#define ROW(family, number, words) {FAMILY_##family, number, words},
#include "worker/errors.def"
#undef ROW
};

/* Compares words, but ignores case and a blank or full stop at the end. */
static bool
is_same(const char *text, const char *words)
{
	size_t n = strlen(words);

	return strncasecmp(text, words, n) == 0 &&
	    text[n + strspn(text + n, " .\t")] == '\0';
}

static int
find_number(const char *text, int family)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].family == family && is_same(text, rows[i].words))
			return rows[i].number;
	return 0;
}

int
errors_number(const char *text, bool is_cms)
{
	int family = is_cms ? FAMILY_CMS : FAMILY_CME, number;
	long value;
	char *end;

	text += strspn(text, " \t");
	value = strtol(text, &end, 10);
	if (end != text && value > 0 && value <= NUMBER_MAX)
		return (int)value;
	if (end == text && (number = find_number(text, family)) != 0)
		return number;
	/* Some firmware says CME where CMS belongs, or the reverse. */
	if (end == text && (number = find_number(text, !family)) != 0)
		return number;
	return is_cms ? CMS_UNKNOWN : CME_UNKNOWN;
}
