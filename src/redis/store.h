/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transitions of a message, one C function per call. All of them are safe
 * to repeat; an `error` means that nobody knows whether Redis ran it.
 */
#ifndef REDIS_STORE_H
#define REDIS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "message/message.h"
#include "redis/calls.h"

struct conf;
struct event_base;
struct keyhash;
struct redis;
struct store;

/* Borrows all of them. */
struct store *store_new(struct redis *, const struct conf *,
    const struct keyhash *);
void store_free(struct store *);

/* The metrics of this pool's messages are there from now on, at 0. */
void store_show_pool(const char *pool);

/* Redis is up, perhaps a new one: before anything else is asked of it. */
void store_prepare(struct store *);
/* Rights and keys not as they must be: Redis refuses until they are. */
void store_prove(struct store *);

/* result: what happened, in a word of the function ("queued", "suppressed",
 * …), and the pool that has work now, or "". result is NULL on error.
 * Borrowed. */
struct store_answer {
	const char *result;
	const char *message;
	const char *pool;
	const char *reason;
	const char *flood;		/* the agency put on hold for it */
	const char *error;
	bool is_scanning, is_guessing;	/* of a sweep: this hour's lookups */
	bool has_moved;			/* of a sweep: something, somewhere */
	bool is_cut;			/* of an answer: not sent, strangers
					 * got lookup.strangers this hour */
};
typedef void store_done(const struct store_answer *, void *arg);

/* An event that can be used. message is NULL when suppress (a word for the
 * receipt) says why nothing is sent. entry: its id in the stream, or NULL
 * when it came another way. */
struct acceptance {
	const char *entry, *id;		/* id: of the message */
	const char *key;		/* idempotency mark */
	int64_t key_ttl_ms;
	const char *content;		/* hash of what it says; NULL: it is no
					 * change, but a reminder */
	bool is_by_content;		/* repeated: equal to the last change
					 * of its dossier, within key_ttl_ms */
	const struct change *change;
	const struct message *message;
	const char *suppress;
};
void store_accept(struct store *, const struct acceptance *, store_done *,
    void *arg);

/* A wish of a citizen, from any front. phone: E.164. word: "stop" (no
 * notices), "start", "accents", "plain", "language" (lang), or "wrong_number":
 * stop, and the phone's dossiers forget it. front: "sms", "ussd", "call". id:
 * names this wish, so that telling it twice does nothing twice, or NULL; it is
 * kept, so it must not hold the number. The answer's result is "done" or
 * "duplicate". */
struct wish {
	const char *phone, *word, *lang, *front, *id;
};
void store_wish(struct store *, const struct wish *, store_done *,
    void *arg);

/* The hashes under which a phone may be known, an array of strings, that
 * with the current key first: what wish_of() of the scripts wants. The
 * caller's. */
json_t *store_phone_hashes(const struct store *, const char *phone);

/* An event that can't. id4, json: what the stream `rejected` shows in place
 * of those fields (a hash), or NULL. */
void store_reject(struct store *, const char *entry, const char *error,
    const char *field, const char *id4, const char *json, store_done *,
    void *arg);

/* A text by an operator's hand. */
void store_send(struct store *, const struct message *, store_done *,
    void *arg);

/* The outcome of one segment; ipc/proto.def and calls.def say what the fields
 * are. The configuration's (delays, jitter) are put in here. */
void store_settle(struct store *, const struct settle_args *, store_done *,
    void *arg);

/* A status report; its class is made here. */
void store_report(struct store *, const struct report_args *, store_done *,
    void *arg);

/* After a replay: what is still leased for this modem was never sent. */
void store_recover(struct store *, const char *modem, store_done *,
    void *arg);

/* Number of the last journal record of this modem that Redis has. */
typedef void store_seq(uint64_t seq, const char *error, void *arg);
void store_last_seq(struct store *, const char *modem, store_seq *,
    void *arg);

/* Does what time alone decides: validity passed, unknown for long enough; and,
 * when may_reap, leases whose time is long over: their modem or gateway is
 * gone, and they become unknown. Not while outcomes wait for Redis. With the
 * window open, older notices also give way to newer ones. on_remind gets the
 * record of a dossier due for its reminder (object of strings, borrowed). */
typedef void store_remind(const json_t *record, void *arg);
void store_sweep(struct store *, bool may_reap, bool is_window_open,
    store_remind *on_remind, store_done *, void *arg);

/* Carries out an operator's decision: verb "cancel", "retry", "hold" or
 * "release". id, or agency ("*": all) and since (wall clock, 0: ever). In
 * batches until there is no more; done gets the number of messages moved, and,
 * when it could not be done or not wholly, a sentence that says why. */
struct control {
	const char *verb, *id, *agency;
	int64_t since;
};
typedef void store_controlled(int64_t moved, const char *error, void *arg);
void store_control(struct store *, const struct control *,
    store_controlled *, void *arg);

/* One entry of the alarms stream: alarm level about text by at. error: NULL,
 * it has it. */
typedef void store_alarmed(const char *error, void *arg);
void store_alarm(struct store *, const json_t *entry, store_alarmed *,
    void *arg);

/* Moves up to STORE_TAKE items of intake.list, those in `taken` first, to
 * the stream. n: how many; error: also of a list that is none. */
#define STORE_TAKE 200
typedef void store_taken(unsigned n, const char *error, void *arg);
void store_take(struct store *, store_taken *, void *arg);

#endif
