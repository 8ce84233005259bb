/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command table and the matching of words against it, word by word:
 * the rows that are left after one word are the choice for the next.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ipc/commands.h"

#define ANY_NUMBER SIZE_MAX

static const struct command table[] = {
#define C(name, words, arguments, least, most, right, line, more)             \
	{COMMAND_##name, words, arguments, least, most, COMMAND_##right,      \
	    line, more},
	COMMANDS(C)
#undef C
};

const struct command *
commands(void)
{
	return table;
}

/* The level-th word of a row and its length; NULL past the end. */
static const char *
row_word(const struct command *row, size_t level, size_t *n)
{
	const char *p = row->words;

	for (; level > 0; level--) {
		p = strchr(p, ' ');
		if (p == NULL)
			return NULL;
		p++;
	}
	*n = strcspn(p, " ");
	return p;
}

static bool
same_up_to(const struct command *a, const struct command *b, size_t levels)
{
	for (size_t i = 0; i < levels; i++) {
		size_t na = 0, nb = 0;
		const char *wa = row_word(a, i, &na);
		const char *wb = row_word(b, i, &nb);

		if (wa == NULL || wb == NULL || na != nb ||
		    strncmp(wa, wb, na) != 0)
			return false;
	}
	return true;
}

/* Appends to a list of candidates, quietly cut when there is no room. */
static void
append(char *list, size_t size, const char *word, size_t n)
{
	size_t used = strlen(list);

	(void)snprintf(list + used, size - used, "%s%.*s",
	    used == 0 ? "" : ", ", (int)n, word);
}

/* One level's choice: who fits the word, and what there was to choose. */
struct choice {
	const struct command *found;
	size_t n_fitting;
	bool is_exact;
	char fitting[128], all[320];
};

/* parent: a row that shares the words before level; NULL at level 0. */
static struct choice
choose(const struct command *parent, size_t level, const char *word)
{
	struct choice c = {.found = NULL};
	const char *last = NULL;
	size_t last_n = 0;

	for (size_t i = 0; i < COMMAND_END; i++) {
		const struct command *row = &table[i];
		size_t n, typed = word != NULL ? strlen(word) : 0;
		const char *w = row_word(row, level, &n);

		if (w == NULL || (parent != NULL &&
		    !same_up_to(row, parent, level)))
			continue;
		/* Rows of one first word stand together in the table. */
		if (last != NULL && last_n == n && strncmp(last, w, n) == 0)
			continue;
		last = w;
		last_n = n;
		append(c.all, sizeof(c.all), w, n);
		if (typed == 0 || typed > n || strncmp(w, word, typed) != 0 ||
		    c.is_exact)
			continue;
		c.is_exact = typed == n;
		c.n_fitting = c.is_exact ? 1 : c.n_fitting + 1;
		c.found = row;
		append(c.fitting, sizeof(c.fitting), w, n);
	}
	return c;
}

/* The row that ends after exactly these levels, if there is one. */
static const struct command *
ends_here(const struct command *parent, size_t levels)
{
	size_t n;

	for (size_t i = 0; i < COMMAND_END; i++)
		if (same_up_to(&table[i], parent, levels) &&
		    row_word(&table[i], levels, &n) == NULL)
			return &table[i];
	return NULL;
}

/* Why no single row was chosen. */
static void
explain(const struct choice *c, const char *word,
    char error[COMMAND_ERROR_SIZE])
{
	if (c->n_fitting > 1)
		(void)snprintf(error, COMMAND_ERROR_SIZE,
		    "\"%.60s\" is ambiguous: %s", word, c->fitting);
	else if (word == NULL)
		(void)snprintf(error, COMMAND_ERROR_SIZE,
		    "a word is missing, one of: %s", c->all);
	else
		(void)snprintf(error, COMMAND_ERROR_SIZE,
		    "no command \"%.40s\", there are: %s", word, c->all);
}

const struct command *
command_find_first(const char *word, char error[COMMAND_ERROR_SIZE])
{
	struct choice c = choose(NULL, 0, word);

	if (c.n_fitting == 1)
		return c.found;
	explain(&c, word, error);
	return NULL;
}

const struct command *
command_find(const char *const *words, size_t n, size_t *used,
    char error[COMMAND_ERROR_SIZE])
{
	const struct command *row = NULL;

	for (size_t level = 0;; level++) {
		const char *word = level < n ? words[level] : NULL;
		const struct command *end = level > 0
		    ? ends_here(row, level) : NULL;
		struct choice c = choose(row, level, word);

		*used = level;
		if (c.n_fitting == 1) {
			row = c.found;
		} else if (end != NULL && c.n_fitting == 0) {
			return end;
		} else {
			explain(&c, word, error);
			return NULL;
		}
	}
}

int
command_check(const struct command *row, size_t n,
    char error[COMMAND_ERROR_SIZE])
{
	if (n >= row->least && n <= row->most)
		return 0;
	(void)snprintf(error, COMMAND_ERROR_SIZE, "%s: baotinctl %s%s%s",
	    n < row->least ? "an argument is missing" : "too many arguments",
	    row->words, row->arguments[0] != '\0' ? " " : "",
	    row->arguments);
	return -1;
}

const char *
command_argument(const struct command *row, size_t i, char *buf, size_t size)
{
	const char *p = row->arguments;

	while (i > 0 && strchr(p, ' ') != NULL) {
		p = strchr(p, ' ') + 1;
		i--;
	}
	p += strspn(p, "[");
	(void)snprintf(buf, size, "%.*s", (int)strcspn(p, " ]."), p);
	return buf;
}
