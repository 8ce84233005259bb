/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of lookups: menu screens and answers, read from the files
 * lookup/<language>.txt beside the notices' templates.
 *
 * owns: the loaded set, read-only after loading.
 * promises: every phrase exists, at least in the Vietnamese that is built
 *	in; each fits where it is shown, or it does not load.
 * never does: decide what to say.
 */
#ifndef TEXT_PHRASE_H
#define TEXT_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/gsm7.h"
#include "text/phrase.def"
#include "text/template.h"

enum phrase {
#define P(id, name, kind) PHRASE_##id,
	PHRASES(P)
#undef P
	PHRASE_END,
};

/* All replies by SMS are so long at most: one segment in either coding. */
#define PHRASE_SMS_MAX 64

struct phrases;

/* The values a phrase may hold; NULL or "" when unknown. */
struct phrase_values {
	const char *code;	/* {code} */
	const char *short_code;	/* {short}: "..0001" */
	const char *status;	/* {status}: a sentence */
	const char *word;	/* {word} */
	const char *due;	/* {due}: dd/mm/yyyy */
	const char *day;	/* {day}: dd/mm, of due */
	const char *date;	/* {date}: of the change, dd/mm/yyyy */
	const char *time;	/* {time}: of the data, "15:00 19/05" */
	const char *place;	/* {place} */
	const char *fee;	/* {fee} */
	const char *n;		/* {n}: in a list */
};

/* The Vietnamese that is built in. */
struct phrases *phrases_new(void);
void phrases_free(struct phrases *);

/* Reads the language files of a folder over what is there. Returns the
 * number of faults told. */
unsigned phrases_load(struct phrases *, const char *dir, template_fault *,
    void *arg);

/* The same from memory, of one language. */
unsigned phrases_parse(struct phrases *, const char *lang, const char *file,
    const char *data, size_t n, template_fault *, void *arg);

bool phrases_has_language(const struct phrases *, const char *lang);

/* The phrase in lang (NULL, "" or unknown: Vietnamese), without accents
 * unless they are wanted or the language has no such form. Values may be any
 * UTF-8. The caller frees. */
char *phrase_render(const struct phrases *, const char *lang, bool accents,
    enum phrase, const struct phrase_values *);

const char *phrase_name(enum phrase);

/* Octets of a text on a screen in the coding that it needs: packed septets
 * (3GPP TS 23.038 §6.1.2.3) or two for each UTF-16 unit. */
size_t phrase_octets(const char *text, enum coding *);

/* Calls each(…) for every phrase that a file holds, as templates_each(). */
void phrases_each(const struct phrases *,
    void (*each)(const struct template_row *, void *arg), void *arg);

#endif
