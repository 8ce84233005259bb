/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers to questions as texts. Pure, but for the clock: data that is
 * older than a day says so.
 */
#ifndef LOOKUP_ANSWER_H
#define LOOKUP_ANSWER_H

#include <stdbool.h>

#include "lookup/ask.h"
#include "text/phrase.h"

struct lookup;

/* In which language and form somebody is spoken to. */
struct voice {
	const char *lang;	/* "": Vietnamese */
	bool accents;
};

/* The phone's own wish, else what its first dossier's agency has, else
 * unaccented Vietnamese. Borrows from answer and configuration. */
struct voice answer_voice(const struct lookup *, const struct ask_answer *);

/* The whole answer for one short message: of one dossier at most
 * PHRASE_SMS_MAX characters; of more, the newest three in one segment; or
 * why there is none. The caller frees. */
char *answer_sms(const struct lookup *, const struct ask_answer *);

/* A phrase without values ("you will get no more texts"). The caller
 * frees. */
char *lookup_say(const struct lookup *, struct voice, enum phrase);

/* For screens: a line of a list, n from 1; and all of one dossier, to be cut
 * into pages. The caller frees. */
char *answer_line(const struct lookup *, struct voice,
    const struct ask_dossier *, unsigned n);
char *answer_detail(const struct lookup *, struct voice,
    const struct ask_dossier *);

#endif
