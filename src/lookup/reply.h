/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An open question on its way through the fronts of sms.c and call.c, and
 * its end. For these files only.
 */
#ifndef LOOKUP_REPLY_H
#define LOOKUP_REPLY_H

#include "lookup/answer.h"
#include "lookup/sms.h"
#include "redis/heard.h"

struct sms {
	const struct conf *conf;
	struct store *store;
	struct lookup *lookup;
	const struct sms_hooks *hooks;
	void *arg;
};

/* A question of our own, with what was understood of it. */
struct reply {
	struct sms *sms;
	struct question question;	/* its strings are copies */
	int64_t begun_ms;		/* monotonic */
	int word;			/* enum word */
	bool shows;			/* the answer tells of a dossier */
};

struct reply *reply_new(struct sms *, const struct question *);

/* The end of a reply. text: the answer, taken (NULL: silence). once: see
 * redis/heard.h. */
void reply_end(struct reply *, char *text, const char *once);
/* The end of one without a word: the desk gets its text. */
void reply_note(struct reply *);
/* Redis is away: the question stays open and comes again. */
void reply_postpone(struct reply *);

/* A missed call. */
void call_answer(struct reply *);

#endif
