/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Headings and words are compared without accents, blanks and punctuation.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "ctl/cell.h"
#include "ctl/heading.def"
#include "text/fold.h"
#include "text/legacy.h"

static const struct {
	const char *field, *heading;
} headings[] = {
#define H(field, heading) {field, heading},
	HEADINGS(H)
#undef H
};

static const struct {
	const char *field, *word, *value;
} words[] = {
#define W(field, word, value) {field, word, value},
	CELL_WORDS(W)
#undef W
};

#define N_OF(table) (sizeof(table) / sizeof((table)[0]))

/* "Mã hồ sơ" to "mahoso", for the caller to free. */
static char *
simplify(const char *text)
{
	char *folded = text_fold(text), *to = folded;

	for (const char *from = folded; *from != '\0'; from++)
		if (isalnum((unsigned char)*from))
			*to++ = (char)tolower((unsigned char)*from);
	*to = '\0';
	return folded;
}

static const char *
name_of(const char *word, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(names[i], word) == 0)
			return names[i];
	return NULL;
}

const char *
cell_field(const char *heading, const char *const *names, size_t n)
{
	const char *name = name_of(heading, names, n);
	char *simple;

	if (name != NULL)
		return name;
	simple = simplify(heading);
	for (size_t i = 0; i < N_OF(headings) && name == NULL; i++)
		if (strcmp(headings[i].heading, simple) == 0)
			name = name_of(headings[i].field, names, n);
	free(simple);
	return name;
}

static bool
is_among(const char *field, const char *const *fields)
{
	for (; *fields != NULL; fields++)
		if (strcmp(field, *fields) == 0)
			return true;
	return false;
}

static char *
word_value(const char *field, const char *text)
{
	static const char *const own[] = {"status", "channel", "priority",
	    NULL};
	char *simple = simplify(text), *value = NULL;

	for (size_t i = 0; i < N_OF(words) && value == NULL; i++)
		if (strcmp(words[i].field, field) == 0 &&
		    strcmp(words[i].word, simple) == 0)
			value = xstrdup(words[i].value);
	/* The field's own words, which have no capitals. */
	if (value == NULL && is_among(field, own) &&
	    strspn(simple, "abcdefghijklmnopqrstuvwxyz") == strlen(text))
		value = xstrdup(simple);
	free(simple);
	return value;
}

/* "19/05/2026", "9/5/2026 8:30": as ISO 8601 has it. */
static char *
date_value(const char *text)
{
	int day, month, year, hour, minute, second = 0, date = 0, end = 0;

	if (sscanf(text, "%2d/%2d/%4d%n", &day, &month, &year, &date) != 3 ||
	    day < 1 || month < 1 || year < 1000)
		return NULL;
	text += date;
	if (*text == '\0')
		return xasprintf("%04d-%02d-%02d", year, month, day);
	if (sscanf(text, " %2d:%2d%n:%2d%n", &hour, &minute, &end, &second,
	    &end) < 2 || text[end] != '\0' || hour < 0 || minute < 0 ||
	    second < 0)
		return NULL;
	return xasprintf("%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
	    hour, minute, second);
}

/* "1.250.000", "1,250,000 đ": the digits. One separator, groups of three. */
static char *
amount_value(const char *text)
{
	char *simple = simplify(text), *out;
	size_t n = strspn(text, "0123456789.,"), digits = 0, group = 0;
	char separator = '\0';
	bool is_amount = n > 0 && isdigit((unsigned char)text[0]);

	out = xcalloc(n + 1, 1);
	for (size_t i = 0; i < n && is_amount; i++) {
		if (isdigit((unsigned char)text[i])) {
			out[digits++] = text[i];
			group++;
			continue;
		}
		is_amount = separator == '\0' ? group >= 1 && group <= 3
		    : separator == text[i] && group == 3;
		separator = text[i];
		group = 0;
	}
	is_amount = is_amount && (separator == '\0' || group == 3) &&
	    (strcmp(simple + digits, "") == 0 ||
	    strcmp(simple + digits, "d") == 0 ||
	    strcmp(simple + digits, "dong") == 0 ||
	    strcmp(simple + digits, "vnd") == 0);
	free(simple);
	if (is_amount)
		return out;
	free(out);
	return NULL;
}

/* "9,12E+08": digits, perhaps a fraction, and an exponent of ten. */
static bool
is_cut_number(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0)
		return false;
	text += n;
	if (*text == '.' || *text == ',')
		text += 1 + strspn(text + 1, "0123456789");
	return (*text == 'E' || *text == 'e') && text[1] == '+' &&
	    text[2] != '\0' &&
	    strspn(text + 2, "0123456789") == strlen(text + 2);
}

char *
cell_value(const char *field, const char *text, const char **error)
{
	static const char *const dates[] = {"due", "at", "not_before",
	    "expires", NULL};
	char *value = NULL;

	if (*text == '\'' && text[1] != '\0')
		text++;
	if (is_cut_number(text)) {
		*error = "excel_number";
		return NULL;
	}
	if (legacy_is_mojibake(text)) {
		*error = "mojibake";
		return NULL;
	}
	if (is_among(field, dates))
		value = date_value(text);
	else if (strcmp(field, "fee") == 0)
		value = amount_value(text);
	else
		value = word_value(field, text);
	return value != NULL ? value : xstrdup(text);
}

const char *
cell_advice(const char *error)
{
	if (strcmp(error, "excel_number") == 0)
		return "the spreadsheet has cut this number: format its "
		    "column as Text, enter the number again, save";
	if (strcmp(error, "mojibake") == 0)
		return "this was read in a wrong encoding: convert the file's "
		    "font to Unicode, save as \"CSV UTF-8\"";
	return NULL;
}
