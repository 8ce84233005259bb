/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A line of the control socket or the scenario: words as a shell splits
 * them ('...', "...", \; also \n in "..." for a new line), some of them
 * key=value.
 */
#ifndef SIM_WORDS_H
#define SIM_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_MAX 32

struct words {
	char *copy;
	char *word[WORDS_MAX];
	bool is_used[WORDS_MAX];
	unsigned n;
};

/* 0, or -1: a quote without end, or too many words; *error says so. */
int words_split(const char *line, struct words *out, const char **error);
void words_clear(struct words *);

/* The next plain word (no key=value), or NULL. Marks it used. */
const char *words_next(struct words *);

/* The same, but the word may hold "=": for texts. */
const char *words_next_text(struct words *);

/* The value of key=value, or NULL. Marks it used. */
const char *words_value(struct words *, const char *key);

/* A word that stands alone, as "forever". */
bool words_flag(struct words *, const char *word);

/* The first word that nobody asked for, or NULL. */
const char *words_unused(const struct words *);

/* Writes a word so that words_split() reads it back; the caller frees. */
char *words_quote(const char *word);

/* Digits only, 0 to max. 0 or -1. */
int words_parse_number(const char *text, unsigned max, unsigned *out);

#endif
