/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text to the citizen who asked: urgent, at any hour, with a short validity.
 */
#ifndef LOOKUP_SEND_H
#define LOOKUP_SEND_H

struct lookup;

struct lookup_text {
	const char *phone;	/* E.164 */
	const char *text;
	const char *pool;	/* NULL or "": the first */
	const char *want;	/* modem to prefer, or NULL */
	const char *key;	/* names the question: sent once for each */
};

enum lookup_sending {
	LOOKUP_QUEUED,
	LOOKUP_ENOUGH,		/* the phone, or all strangers, had theirs */
	LOOKUP_FAILED,
};

/* Queues the text. When notices.only_to does not have the phone, nothing goes
 * out and that counts as success. Calls back once, perhaps before it returns.
 */
typedef void lookup_sent(enum lookup_sending, void *arg);
void lookup_send(struct lookup *, const struct lookup_text *, lookup_sent *,
    void *arg);

/* The pool of an agency's texts, or the first. Borrowed. */
const char *lookup_pool(const struct lookup *, const char *agency);

#endif
