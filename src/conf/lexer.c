/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cuts text into words as libconfig's scanner does, and remembers what that
 * passes over in silence.
 */
#include <string.h>

#include "conf/lexer.h"

#define SIGNS	"[](){},;:="
#define BLANKS	" \t\r\n\f"
#define DIGITS	"0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

void
lexer_init(struct lexer *lexer, const char *text, size_t n)
{
	*lexer = (struct lexer){.begin = text, .p = text, .end = text + n,
	    .line = 1};
}

bool
lexer_is(const struct lexer_word *word, char sign)
{
	return word->kind == LEXER_SIGN && *word->at == sign;
}

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
starts(const struct lexer *lexer, const char *p, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(lexer->end - p) >= n && memcmp(p, s, n) == 0;
}

static void
skip_line(struct lexer *lexer)
{
	while (lexer->p < lexer->end && *lexer->p != '\n')
		lexer->p++;
}

static void
skip_comment(struct lexer *lexer)
{
	int line = lexer->line;

	for (lexer->p += 2; lexer->p < lexer->end; lexer->p++) {
		if (starts(lexer, lexer->p, "*/")) {
			lexer->p += 2;
			return;
		}
		if (*lexer->p == '\n')
			lexer->line++;
		else if (lexer->nested_line == 0 &&
		    starts(lexer, lexer->p, "/*") &&
		    is_in(lexer->p[-1], BLANKS))
			lexer->nested_line = line;
	}
	lexer->comment_line = line;
}

/* Blanks and comments. */
static void
skip(struct lexer *lexer)
{
	while (lexer->p < lexer->end) {
		if (*lexer->p == '\n')
			lexer->line++;
		if (is_in(*lexer->p, BLANKS))
			lexer->p++;
		else if (*lexer->p == '#' || starts(lexer, lexer->p, "//"))
			skip_line(lexer);
		else if (starts(lexer, lexer->p, "/*"))
			skip_comment(lexer);
		else
			return;
	}
}

static void
take_set(struct lexer *lexer, const char *set)
{
	while (lexer->p < lexer->end && is_in(*lexer->p, set))
		lexer->p++;
}

static enum lexer_kind
take_string(struct lexer *lexer)
{
	for (lexer->p++; lexer->p < lexer->end; lexer->p++) {
		if (*lexer->p == '\n')
			lexer->line++;
		if (*lexer->p == '"') {
			lexer->p++;
			return LEXER_STRING;
		}
		if (*lexer->p == '\\' && lexer->p + 1 < lexer->end &&
		    lexer->p[1] != '\n')
			lexer->p++;
	}
	return LEXER_OPEN_STRING;
}

/* Whole numbers, hexadecimal ones and those with a fraction. */
static bool
take_number(struct lexer *lexer)
{
	const char *p = lexer->p;

	if (p < lexer->end && is_in(*p, "+-"))
		p++;
	if (p == lexer->end || (!is_in(*p, DIGITS) && (*p != '.' ||
	    p + 1 == lexer->end || !is_in(p[1], DIGITS))))
		return false;
	lexer->p = p;
	if (starts(lexer, p, "0x") || starts(lexer, p, "0X")) {
		lexer->p += 2;
		take_set(lexer, DIGITS "ABCDEFabcdef");
	} else {
		take_set(lexer, DIGITS);
		if (lexer->p < lexer->end && *lexer->p == '.') {
			lexer->p++;
			take_set(lexer, DIGITS);
		}
		if (lexer->p + 1 < lexer->end && is_in(*lexer->p, "eE") &&
		    is_in(lexer->p[1], DIGITS "+-")) {
			lexer->p += 2;
			take_set(lexer, DIGITS);
		}
	}
	take_set(lexer, "L");
	return true;
}

static void
take_junk(struct lexer *lexer)
{
	do
		lexer->p++;
	while (lexer->p < lexer->end &&
	    !is_in(*lexer->p, SIGNS BLANKS "\"#") && *lexer->p != '\0');
}

static bool
is_first(const struct lexer *lexer)
{
	const char *p = lexer->p;

	while (p > lexer->begin && is_in(p[-1], " \t"))
		p--;
	return p == lexer->begin || p[-1] == '\n';
}

struct lexer_word
lexer_next(struct lexer *lexer)
{
	struct lexer_word word = {.kind = LEXER_END};

	skip(lexer);
	word.at = lexer->p;
	word.line = lexer->line;
	if (lexer->p == lexer->end)
		return word;
	word.is_first = is_first(lexer);
	if (*lexer->p == '"') {
		word.kind = take_string(lexer);
	} else if (is_in(*lexer->p, SIGNS)) {
		word.kind = LEXER_SIGN;
		lexer->p++;
	} else if (is_in(*lexer->p, LETTERS "*")) {
		word.kind = LEXER_NAME;
		take_set(lexer, LETTERS DIGITS "-_*");
	} else if (take_number(lexer)) {
		word.kind = LEXER_NUMBER;
	} else {
		word.kind = LEXER_JUNK;
		take_junk(lexer);
	}
	word.n = (size_t)(lexer->p - word.at);
	return word;
}
