/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads telephone numbers. The Vietnamese rules follow the numbering plan
 * (mobile: nine digits after +84) and the migration of 15 Sep 2018, which
 * gave every eleven-digit number a new prefix and kept its last seven.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/phone.h"
#include "base/phone_plan.h"

#define DIGITS_MAX 20

static const struct {
	char old[4], new[3];
} migration[] = {
	{"120", "70"}, {"121", "79"}, {"122", "77"}, {"126", "76"},
	{"128", "78"}, {"123", "83"}, {"124", "84"}, {"125", "85"},
	{"127", "81"}, {"129", "82"}, {"162", "32"}, {"163", "33"},
	{"164", "34"}, {"165", "35"}, {"166", "36"}, {"167", "37"},
	{"168", "38"}, {"169", "39"}, {"186", "56"}, {"188", "58"},
	{"199", "59"},
};

struct digits {
	char s[DIGITS_MAX + 1];
	size_t n;
	bool is_international;	/* written with + or 00 */
};

const char *
phone_verdict_name(enum phone_verdict verdict)
{
	switch (verdict) {
#define X(id, name)                                                           \
	case PHONE_##id:                                                      \
		return name;
		PHONE_VERDICTS(X)
#undef X
	}
	return "?";
}

/* Octets of a separator at p, 0 if there is none: blanks, dots, dashes and
 * brackets, also those that word processors and telephones put there
 * (U+00A0, U+2000 to 2015, U+202A to 202F, U+FEFF). */
static size_t
separator(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	if (*p != '\0' && strchr(" \t.-()[]", *p) != NULL)
		return 1;
	if (u[0] == 0xc2 && u[1] == 0xa0)
		return 2;
	if (u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf)
		return 3;
	if (u[0] == 0xe2 && u[1] == 0x80 && ((u[2] >= 0x80 && u[2] <= 0x95) ||
	    (u[2] >= 0xaa && u[2] <= 0xaf)))
		return 3;
	return 0;
}

static enum phone_verdict
read_digits(const char *p, struct digits *d)
{
	size_t skip;

	memset(d, 0, sizeof(*d));
	while (*p != '\0') {
		if ((skip = separator(p)) != 0) {
			p += skip;
		} else if (*p == '+' && d->n == 0 && !d->is_international) {
			d->is_international = true;
			p++;
		} else if (*p >= '0' && *p <= '9') {
			if (d->n == DIGITS_MAX)
				return PHONE_LENGTH;
			d->s[d->n++] = *p++;
		} else {
			return PHONE_CHARACTER;
		}
	}
	if (d->n == 0)
		return d->is_international ? PHONE_CHARACTER : PHONE_EMPTY;
	if (strncmp(d->s, "00", 2) == 0) {
		d->n -= 2;
		memmove(d->s, d->s + 2, d->n + 1);
		d->is_international = true;
		if (*d->s == '0')	/* a zero too many: no country */
			return PHONE_LENGTH;
	}
	return PHONE_OK;
}

/* s: "1" and nine digits, the old form without its trunk 0. */
static enum phone_verdict
migrate(const char *s, char out[PHONE_SIZE])
{
	for (size_t i = 0; i < sizeof(migration) / sizeof(*migration); i++)
		if (strncmp(s, migration[i].old, 3) == 0) {
			(void)snprintf(out, PHONE_SIZE, "+84%s%.7s",
			    migration[i].new, s + 3);
			return PHONE_OK;
		}
	return PHONE_MIGRATED;
}

/* Nine digits of a machine's SIM, since May 2026: 1210 to 1213, 140, 160. */
static bool
is_machine(const char *s)
{
	return (strncmp(s, "121", 3) == 0 && s[3] >= '0' && s[3] <= '3') ||
	    strncmp(s, "140", 3) == 0 || strncmp(s, "160", 3) == 0;
}

/* s: nine digits, national without the trunk 0. */
static enum phone_verdict
mobile(const char *s, char out[PHONE_SIZE])
{
	if (is_machine(s))
		return PHONE_MACHINE;
	if (*s == '2')
		return PHONE_FIXED;
	if (strchr("35789", *s) == NULL)
		return PHONE_PREFIX;
	(void)snprintf(out, PHONE_SIZE, "+84%.9s", s);
	return PHONE_OK;
}

/* 1800 and 1900, which have ten digits or eight, and no trunk 0. */
static bool
is_hotline(const char *s)
{
	return strncmp(s, "1800", 4) == 0 || strncmp(s, "1900", 4) == 0;
}

/* A number without a rule in the table:  a fixed line of ten digits, another
 * country's number, or digits lost or doubled. */
static enum phone_verdict
why_not(const struct digits *d)
{
	const char *s = d->s;

	if ((d->n == 12 && strncmp(s, "842", 3) == 0) ||
	    (d->n == 13 && strncmp(s, "8402", 4) == 0) ||
	    (d->n == 11 && strncmp(s, "02", 2) == 0) ||
	    ((d->n == 10 || d->n == 9) && *s == '2' && !d->is_international))
		return PHONE_FIXED;
	if (d->is_international && *s != '0' && strncmp(s, "84", 2) != 0)
		return PHONE_PREFIX;
	return PHONE_LENGTH;
}

static enum phone_verdict
vietnamese(const struct digits *d, char out[PHONE_SIZE])
{
	const char *s = d->s;

	if (d->n <= 8)
		return PHONE_SHORT;
	if (d->n == 11 && strncmp(s, "84", 2) == 0)
		return mobile(s + 2, out);
	if (d->n == 10 && *s == '0')
		return mobile(s + 1, out);
	if (d->n == 12 && strncmp(s, "840", 3) == 0)
		return mobile(s + 3, out);
	if (d->n == 11 && strncmp(s, "01", 2) == 0)
		return migrate(s + 1, out);
	if (d->n == 12 && is_hotline(s + 2) && strncmp(s, "84", 2) == 0)
		return PHONE_SERVICE;
	if (d->n == 12 && strncmp(s, "841", 3) == 0)
		return migrate(s + 2, out);
	if (d->n == 10 && is_hotline(s))
		return PHONE_SERVICE;
	/* With a plus these would be other countries' numbers, or ours with
	 * digits lost: only a number without one can lack its 0. */
	if (d->n == 10 && *s == '1' && !d->is_international)
		return migrate(s, out);
	if (d->n == 9 && strchr("135789", *s) != NULL && !d->is_international)
		return mobile(s, out);
	return why_not(d);
}

enum phone_verdict
phone_normalise(const char *country_code, const char *text,
    char out[PHONE_SIZE])
{
	enum phone_verdict verdict;
	struct digits d;

	*out = '\0';
	if ((verdict = read_digits(text, &d)) != PHONE_OK)
		return verdict;
	if (strcmp(country_code, "84") == 0)
		return vietnamese(&d, out);
	return phone_plan_read(country_code, d.s, d.is_international, out);
}

#define NOTATION_MAX 48	/* octets of one number */

static bool
is_part(char c)
{
	return (c >= '0' && c <= '9') || c == '+';
}

/* Does a number that starts here, and ends where no digit follows, read as
 * this one? */
static bool
starts_here(const char *country_code, const char *p, const char *phone)
{
	char notation[NOTATION_MAX + 1], e164[PHONE_SIZE];
	size_t n = 0, skip;

	while (p[n] != '\0' && n < NOTATION_MAX) {
		if (!is_part(p[n])) {
			if ((skip = separator(p + n)) == 0)
				return false;
			n += skip;
			continue;
		}
		n++;
		if (is_part(p[n]))
			continue;
		if (n > NOTATION_MAX)
			return false;
		memcpy(notation, p, n);
		notation[n] = '\0';
		if (phone_normalise(country_code, notation, e164) ==
		    PHONE_OK && strcmp(e164, phone) == 0)
			return true;
	}
	return false;
}

bool
phone_is_in(const char *country_code, const char *text, const char *phone)
{
	bool was_part = false;

	for (const char *p = text; *p != '\0'; p++) {
		bool is = is_part(*p);

		if (is && (!was_part || *p == '+') &&
		    starts_here(country_code, p, phone))
			return true;
		was_part = is;
	}
	return false;
}

bool
phone_from_network(const char *country_code, const char *text,
    char out[PHONE_SIZE])
{
	return phone_normalise(country_code, text, out) == PHONE_OK;
}

const char *
phone_mask(const char *phone, char buf[PHONE_SIZE])
{
	size_t n = strlen(phone), shown, stars, i = 0;
	bool is_long = n > 16;

	/* Five hidden before the last two; a short or odd one hides more. */
	shown = is_long ? 5 : n > 7 ? n - 7 : 0;
	stars = is_long ? 12 : n > 7 ? 5 : n;
	for (; i < shown; i++)
		buf[i] = isgraph((unsigned char)phone[i]) ? phone[i] : '?';
	for (; i < shown + stars; i++)
		buf[i] = '*';
	if (n > 7 && !is_long)
		for (; i < n; i++)
			buf[i] = isgraph((unsigned char)phone[i]) ? phone[i]
								  : '?';
	buf[i] = '\0';
	return buf;
}
