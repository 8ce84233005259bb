/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The phrases from inside, for phrase.c and phrase_file.c only.
 */
#ifndef TEXT_PHRASE_SET_H
#define TEXT_PHRASE_SET_H

#include "text/phrase.h"

#define PHRASE_LANG_SIZE 16
#define PHRASE_MASTER	 "vi"

struct phrase_text {
	int line;		/* 0: not in this file */
	char *source;		/* NFC, "\n" is a line feed */
	char *folded;		/* the same without accents, or NULL */
};

struct phrase_book {
	char lang[PHRASE_LANG_SIZE];
	char *file;		/* "": built in */
	bool has_unaccented;
	struct phrase_text texts[PHRASE_END];
};

/* books[0] is what is built in. */
struct phrases {
	struct phrase_book **books;
	size_t n;
};

struct phrase_book *phrase_book_new(const char *lang, const char *file);

/* 0, or -1 with a sentence in fault. *out is the caller's. */
#define PHRASE_FAULT_SIZE 256
int phrase_expand(const char *source, const struct phrase_values *,
    char **out, char fault[PHRASE_FAULT_SIZE]);

/* The longest values that a phrase must have room for. */
const struct phrase_values *phrase_longest_values(void);

#endif
