/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns answers to questions into texts. Pure, except that it reads the clock:
 * a text says so when its data is older than a day.
 */
#ifndef LOOKUP_ANSWER_H
#define LOOKUP_ANSWER_H

#include <stdbool.h>

#include "lookup/ask.h"
#include "text/phrase.h"

struct lookup;

/* The language and form for this citizen. */
struct voice {
	const char *lang;	/* "": Vietnamese */
	bool accents;
};

/* The phone's own wish; else the language of its first dossier's agency; else
 * Vietnamese without accents. Borrows from answer and configuration. */
struct voice answer_voice(const struct lookup *, const struct ask_answer *);

/* The whole answer for one short message. For one dossier: at most
 * PHRASE_SMS_MAX characters. For several: the newest three in one segment. For
 * none: the reason. The caller frees. */
char *answer_sms(const struct lookup *, const struct ask_answer *);

/* A phrase without values ("you will get no more texts"). The caller
 * frees. */
char *lookup_say(const struct lookup *, struct voice, enum phrase);

/* For screens: a line of a list, with n from 1; and the whole text of one
 * dossier, which is then cut into pages. The caller frees. */
char *answer_line(const struct lookup *, struct voice,
    const struct ask_dossier *, unsigned n);
char *answer_detail(const struct lookup *, struct voice,
    const struct ask_dossier *);

#endif
