/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Parts to whole texts, as a phone does it: in any order, a part that came
 * before is known again. One joiner serves one phone.
 */
#ifndef SIM_JOIN_H
#define SIM_JOIN_H

#include <stdbool.h>

#include "sim/payload.h"

struct joiner;

struct joiner *joiner_new(void);
void joiner_free(struct joiner *);

struct joined {
	bool is_duplicate; /* this part came before, with the same content */
	char *text;	   /* the whole text, or NULL: parts are missing */
	unsigned segments;
	bool is_again; /* the whole text came before: every part a duplicate */
};

/* Takes one segment from a sender; the caller frees out->text. mr tells a
 * single one that is sent again from one that only reads the same. */
void joiner_take(struct joiner *, const char *from, unsigned mr,
    const struct payload *, struct joined *out);

#endif
