/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The fronts without a dialogue: a text with a word (lookup/words.h), and a
 * missed call. Each open question is closed here, with an answer or without.
 *
 * promises: one answer per question, whoever else has it too; an answer
 *	costs a segment, so errors, help and confirmations are said at most
 *	once in ten minutes to a phone.
 * never does: answer what is no word of ours. It goes to the desk.
 */
#ifndef LOOKUP_SMS_H
#define LOOKUP_SMS_H

struct conf;
struct lookup;
struct question;
struct sms;
struct store;

struct sms_hooks {
	/* An answer is queued in this pool. */
	void (*on_work)(const char *pool, void *arg);
	/* A stranger got none: see lookup.strangers. */
	void (*on_cut)(const char *modem, void *arg);
};

/* Borrows what it is given. */
struct sms *sms_new(const struct conf *, struct store *, struct lookup *,
    const struct sms_hooks *, void *arg);
void sms_free(struct sms *);

/* Copies the question. Where Redis is away it stays open, and comes again. */
void sms_answer(struct sms *, const struct question *);

#endif
