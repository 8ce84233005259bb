/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Splitting and quoting of command lines.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/words.h"

/* Copies one word from *in to *out; -1: a quote without end. */
static int
take_word(const char **in, char **out)
{
	const char *p = *in;
	char *q = *out;
	char quote = '\0';

	for (; *p != '\0'; p++) {
		if (quote == '\0' && isspace((unsigned char)*p))
			break;
		if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (quote != '\0' && *p == quote)
			quote = '\0';
		else if (*p == '\\' && quote == '"' && p[1] == 'n')
			*q++ = (p++, '\n');
		else if (*p == '\\' && quote != '\'' && p[1] != '\0')
			*q++ = *++p;
		else
			*q++ = *p;
	}
	*q++ = '\0';
	*in = p;
	*out = q;
	return quote == '\0' ? 0 : -1;
}

int
words_split(const char *line, struct words *out, const char **error)
{
	char *free_space;

	memset(out, 0, sizeof(*out));
	/* Quotes go, ends of words replace blanks: never longer. */
	free_space = out->copy = xmalloc(strlen(line) + 2);
	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (*line == '\0')
			return 0;
		if (out->n == WORDS_MAX) {
			*error = "too many words";
			break;
		}
		out->word[out->n++] = free_space;
		if (take_word(&line, &free_space) != 0) {
			*error = "a quote is not closed";
			break;
		}
	}
	words_clear(out);
	return -1;
}

void
words_clear(struct words *words)
{
	free(words->copy);
	memset(words, 0, sizeof(*words));
}

/* "key=…" with a key of letters and hyphens. */
static bool
is_option(const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz-");

	return n > 0 && word[n] == '=';
}

static const char *
next(struct words *words, bool takes_options)
{
	for (unsigned i = 0; i < words->n; i++) {
		if (words->is_used[i] ||
		    (!takes_options && is_option(words->word[i])))
			continue;
		words->is_used[i] = true;
		return words->word[i];
	}
	return NULL;
}

const char *
words_next(struct words *words)
{
	return next(words, false);
}

const char *
words_next_text(struct words *words)
{
	return next(words, true);
}

const char *
words_value(struct words *words, const char *key)
{
	size_t n = strlen(key);

	for (unsigned i = 0; i < words->n; i++) {
		if (strncmp(words->word[i], key, n) == 0 &&
		    words->word[i][n] == '=' && !words->is_used[i]) {
			words->is_used[i] = true;
			return words->word[i] + n + 1;
		}
	}
	return NULL;
}

bool
words_flag(struct words *words, const char *word)
{
	for (unsigned i = 0; i < words->n; i++) {
		if (strcmp(words->word[i], word) == 0 && !words->is_used[i]) {
			words->is_used[i] = true;
			return true;
		}
	}
	return false;
}

const char *
words_unused(const struct words *words)
{
	for (unsigned i = 0; i < words->n; i++) {
		if (!words->is_used[i])
			return words->word[i];
	}
	return NULL;
}

char *
words_quote(const char *word)
{
	char *quoted = xmalloc(2 * strlen(word) + 3);
	char *q = quoted;

	*q++ = '"';
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\' || *word == '\n')
			*q++ = '\\';
		*q++ = *word == '\n' ? 'n' : *word;
	}
	*q++ = '"';
	*q = '\0';
	return quoted;
}

int
words_parse_number(const char *text, unsigned max, unsigned *out)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value > max)
		return -1;
	*out = (unsigned)value;
	return 0;
}
