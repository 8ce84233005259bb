/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An open question that sms.c or call.c handles, and its end. For these files
 * only.
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

/* Our copy of a question, with what was understood of it. */
struct reply {
	struct sms *sms;
	struct question question;	/* its strings are copies */
	int64_t begun_ms;		/* monotonic */
	int word;			/* enum word */
	bool shows;			/* the answer tells of a dossier */
};

struct reply *reply_new(struct sms *, const struct question *);

/* Ends the reply. text: the answer, taken; NULL: silence. once: see
 * redis/heard.h. */
void reply_end(struct reply *, char *text, const char *once);
/* Ends a question without a word of ours: the desk gets its text. */
void reply_note(struct reply *);
/* Redis is away: the question stays open and comes again later. */
void reply_postpone(struct reply *);

/* A missed call. */
void call_answer(struct reply *);

#endif
