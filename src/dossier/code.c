/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The dossier's code as opaque text: made comparable, recognised where it
 * has the usual pattern, and masked for logs. Codes are guessable, so a
 * code alone never opens anything.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unictype.h>
#include <unistr.h>

#include "dossier/code.h"

#define SEPARATORS	 "-._/"
#define TYPED_SEPARATORS "-._/ \t"

static bool
is_blank(ucs4_t uc)
{
	return uc_is_property_white_space(uc) || uc == 0xfeff;
}

static const uint8_t *
skip_blanks(const uint8_t *s)
{
	const uint8_t *next;
	ucs4_t uc;

	while ((next = u8_next(&uc, s)) != NULL && is_blank(uc))
		s = next;
	return s;
}

static bool
is_allowed(ucs4_t uc)
{
	return !is_blank(uc) &&
	    !uc_is_general_category_withtable(uc,
		UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf);
}

static int
code_fault(char *out, const char **reason, const char *word)
{
	*out = '\0';
	*reason = word;
	return -1;
}

int
code_normalise(const char *text, char out[CODE_SIZE], const char **reason)
{
	const uint8_t *s = (const uint8_t *)text, *next;
	size_t n = 0, characters = 0;
	ucs4_t uc;

	if (u8_check(s, strlen(text)) != NULL)
		return code_fault(out, reason, "code_character");
	for (s = skip_blanks(s); (next = u8_next(&uc, s)) != NULL; s = next) {
		if (!is_allowed(uc)) {
			if (is_blank(uc) && *skip_blanks(s) == '\0')
				break;
			return code_fault(out, reason, "code_character");
		}
		if (characters++ == CODE_MAX)
			return code_fault(out, reason, "code_long");
		if (uc >= 'a' && uc <= 'z')
			uc -= 'a' - 'A';
		n += (size_t)u8_uctomb((uint8_t *)out + n, uc, 4);
	}
	out[n] = '\0';
	if (n == 0)
		return code_fault(out, reason, "code_empty");
	return 0;
}

void
code_read_typed(const char *text, struct code_typed *out)
{
	size_t n = 0, n_digits = 0;

	memset(out, 0, sizeof(*out));
	out->is_digits = true;
	for (const char *p = text; *p != '\0'; p++) {
		char c = *p;

		if (strchr(TYPED_SEPARATORS, c) != NULL)
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - ('a' - 'A'));
		if (c == 'O')
			c = '0';
		if (n == CODE_MAX ||
		    ((c < '0' || c > '9') && (c < 'A' || c > 'Z'))) {
			memset(out, 0, sizeof(*out));
			return;
		}
		out->key[n++] = c;
		if (c <= '9')
			out->digits[n_digits++] = c;
		else
			out->is_digits = false;
	}
}

/* Moves past min to max digits; NULL when there are fewer, or p is. */
static const char *
digits(const char *p, int min, int max)
{
	int n = 0;

	if (p == NULL)
		return NULL;
	while (n < max && p[n] >= '0' && p[n] <= '9')
		n++;
	return n < min ? NULL : p + n;
}

static const char *
sign(const char *p, char c)
{
	return p != NULL && *p == c ? p + 1 : NULL;
}

static const char *
letter(const char *p)
{
	return p != NULL && *p >= 'A' && *p <= 'Z' ? p + 1 : NULL;
}

/* "000.00.14.H56": the older form of the unit. */
static const char *
old_unit(const char *p)
{
	p = sign(digits(p, 3, 3), '.');
	p = sign(digits(p, 2, 2), '.');
	p = sign(digits(p, 2, 2), '.');
	return digits(letter(p), 2, 2);
}

/* "H15.50.05.13": a letter, two digits, up to four groups. */
static const char *
new_unit(const char *p)
{
	p = digits(letter(p), 2, 2);
	for (int i = 0; i < 4 && p != NULL && *p == '.'; i++)
		p = digits(p + 1, 1, 3);
	return p;
}

bool
code_is_known_pattern(const char *code)
{
	const char *p = old_unit(code);

	if (p == NULL)
		p = new_unit(code);
	p = digits(sign(p, '-'), 6, 6);
	p = digits(sign(p, '-'), 4, 7);
	return p != NULL && *p == '\0';
}

bool
code_has_prefix(const char *code, const char *prefix)
{
	size_t n = strlen(prefix);

	if (n == 0 || strncasecmp(code, prefix, n) != 0)
		return false;
	return code[n] == '\0' || strchr(SEPARATORS, code[n]) != NULL;
}

int
code_secret(const char *text, char out[CODE_SECRET_MOST + 1])
{
	size_t n = strlen(text);

	if (n < CODE_SECRET_LEAST || n > CODE_SECRET_MOST)
		return -1;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (!isascii(c) || !isalnum(c))
			return -1;
		out[i] = c == 'o' || c == 'O' ? '0' : (char)toupper(c);
	}
	out[n] = '\0';
	return 0;
}

bool
code_is_typed_factor(const char *input)
{
	size_t n = strlen(input);

	return n >= CODE_SECRET_LEAST && n <= CODE_SECRET_MOST &&
	    strspn(input, "0123456789") == n;
}

const char *
code_mask(const char *code, char *buf, size_t size)
{
	size_t n = strlen(code), shown = 0;

	for (size_t i = 0; i + 1 < n; i++)
		if (strchr(SEPARATORS, code[i]) != NULL)
			shown = i + 1;
	if (shown == 0)
		shown = n > 6 ? n - 6 : 0;
	if (size > 4 && shown > size - 5)
		shown = size - 5;
	while (shown > 0 && ((unsigned char)code[shown] & 0xc0) == 0x80)
		shown--;
	(void)snprintf(buf, size, "%.*s****", (int)shown, code);
	return buf;
}
