/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of libconfig's notation, for what libconfig itself can't do: say
 * what is wrong, and keep its scanner away from files. Inside this folder
 * only.
 */
#ifndef CONF_LEXER_H
#define CONF_LEXER_H

#include <stdbool.h>
#include <stddef.h>

enum lexer_kind {
	LEXER_END,
	LEXER_NAME,		/* a key, or true and false */
	LEXER_NUMBER,
	LEXER_STRING,		/* with its quotes */
	LEXER_OPEN_STRING,	/* up to the end of the text */
	LEXER_SIGN,		/* one of [ ] ( ) { } , ; : = */
	LEXER_JUNK,		/* anything else, up to a blank or a sign */
};

struct lexer_word {
	enum lexer_kind kind;
	const char *at;
	size_t n;
	int line;		/* of its first octet, from 1 */
	bool is_first;		/* nothing stands before it on its line */
};

struct lexer {
	const char *begin, *p, *end;
	int line;
	int comment_line;	/* of a comment without an end; 0: none */
	int nested_line;	/* of the first comment in which another one
				 * begins; 0: none */
};

/* The text is borrowed. */
void lexer_init(struct lexer *, const char *text, size_t n);

/* The next word; LEXER_END for ever at the end. */
struct lexer_word lexer_next(struct lexer *);

bool lexer_is(const struct lexer_word *, char sign);

#endif
