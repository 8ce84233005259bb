/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Recognises what a citizen's text asks for: one of the words below, in any
 * case, with or without accents, with one slip in the word and none in the
 * code. Pure functions.
 */
#ifndef LOOKUP_WORDS_H
#define LOOKUP_WORDS_H

#include <stddef.h>

#include "dossier/code.h"

/* id, the word to send */
#define WORDS(X)                                                              \
	X(LIST, "TC")		/* all of this phone's dossiers */            \
	X(FIND, "TC")		/* the one in `typed` */                      \
	X(HELP, "TG")                                                         \
	X(STOP, "DUNG")                                                       \
	X(START, "LAI")                                                       \
	X(ACCENTS, "CODAU")                                                   \
	X(PLAIN, "KHONGDAU")                                                  \
	X(WRONG_NUMBER, "SAISO")

enum word {
	WORD_NONE,		/* no word of ours */
#define X(id, word) WORD_##id,
	WORDS(X)
#undef X
};

#define WORDS_FACTOR (CODE_SECRET_MOST + 1)
#define WORDS_TYPED 64 /* a code of 50 characters, with separators */

struct words {
	enum word word;
	char typed[WORDS_TYPED];	/* of FIND: code or digits, upper
					 * case, as the citizen cut it */
	char factor[WORDS_FACTOR];	/* of FIND, the second one: digits of
					 * an ID, or a secret, as
					 * code_secret() has it; or "" */
};

/* text: any octets. Only the beginning of a long text is read. */
void words_parse(const char *text, struct words *out);

#endif
