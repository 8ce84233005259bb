/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The fronts without a dialogue: a text with a word (lookup/words.h), and a
 * missed call. Each open question is closed here, with or without an answer.
 *
 * promises: one answer per question, even if other gateways have the
 *	question, too. An answer costs a segment, so a phone gets errors, help
 *	and confirmations at most once in ten minutes.
 * never does: answer a text without a word of ours. That goes to the desk.
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

/* Borrows its arguments. */
struct sms *sms_new(const struct conf *, struct store *, struct lookup *,
    const struct sms_hooks *, void *arg);
void sms_free(struct sms *);

/* Copies the question. If Redis is away, the question stays open and comes
 * again. */
void sms_answer(struct sms *, const struct question *);

#endif
