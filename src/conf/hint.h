/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libconfig says "syntax error" and a line. This walks the same text once
 * more and says what stands there and what to write instead. It never
 * decides whether a text is right. Inside this folder only.
 */
#ifndef CONF_HINT_H
#define CONF_HINT_H

#include <stdbool.h>
#include <stddef.h>

struct hint {
	int line;		/* where the mistake is, from 1 */
	char text[400];		/* a sentence */
};

/* The first mistake of the text. False: none is known. */
bool hint_find(const char *text, size_t n, struct hint *);

/* The sign to write instead of the one that a word begins with; NULL: the sign
 * is not in the table. n: octets up to the end of the text. */
const char *hint_sign(const char *at, size_t n);

#endif
