/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What citizens say to a modem, from the journal to an answer. An open question
 * may be taken up by any gateway, and is answered once. All calls are safe to
 * repeat; see redis/store.h.
 */
#ifndef REDIS_HEARD_H
#define REDIS_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redis/store.h"

/* An open question, with its whole text. Borrowed. */
struct question {
	const char *id, *kind, *phone, *text, *modem, *imsi, *pool;
	const char *lang;	/* the phone's wish, or "" */
	int accents;		/* 0, 1, -1 none */
	int64_t at, expires_at;
};

/* result: "heard", with the question; "operator", with the text, masked, as a
 * question of that kind. Without a question: "part", "duplicate", "repeated" (a
 * call within ten minutes of an earlier one), "late", "unreadable" or
 * "ignored". NULL with error. */
typedef void store_heard(const char *result, const struct question *,
    const char *error, void *arg);
/* Something came in; calls.def explains the fields. This function fills in the
 * configuration's fields (validity_ms, again_ms) and the phone's hashes. */
void store_hear(struct store *, const struct hear_args *, store_heard *,
    void *arg);

/* Calls back with "heard" for each question that has been open for some time;
 * not at all when there is none. */
void store_heard_again(struct store *, store_heard *, void *arg);

/* The limits for an answer. */
struct answering {
	const char *sim;	/* IMSI of the SIM that was asked; of a front
				 * without one, the pool of the answer */
	bool shows;		/* it tells of a dossier */
	const char *once;	/* a word for what is said at most every ten
				 * minutes to a phone, or NULL */
};

/* Closes the question. message: the answer, NULL for silence. Results: "queued"
 * with the pool, "closed", "duplicate" (it has an answer already), "repeated"
 * (answering->once), "enough" (the phone's answers of this day are used up;
 * is_cut: those of all strangers in this hour). */
void store_reply(struct store *, const char *question, const struct message *,
    const struct answering *, store_done *, void *arg);

/* Closes the question of this phone. said: a citizen's text without a word,
 * which is kept for the desk. Results: "noted"; "closed" (the phone wrote too
 * much in this hour), "duplicate". */
void store_note(struct store *, const struct question *, const char *said,
    store_done *, void *arg);

/* Queues an answer that belongs to no open question, for a citizen who asked by
 * USSD. Results: "queued" with the pool, "duplicate", "enough". */
void store_say(struct store *, const struct message *,
    const struct answering *, store_done *, void *arg);

#endif
