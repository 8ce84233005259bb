/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transitions of a message, one C function per call. All are safe to
 * repeat. An `error` means: it is unknown whether Redis ran the call.
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

/* Borrows its arguments. */
struct store *store_new(struct redis *, const struct conf *,
    const struct keyhash *);
void store_free(struct store *);

/* Shows the metrics of this pool's messages from now on, at 0. */
void store_show_pool(const char *pool);

/* Redis is up, maybe another server. To be called before anything else is asked
 * of it. */
void store_prepare(struct store *);
/* Checks rights and keys. If they are wrong, Redis counts as refusing until
 * they are right. */
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

/* An event that can be used. message: NULL when suppress, a word for the
 * receipt, says why nothing is sent. entry: its id in the stream, or NULL when
 * it came another way. */
struct acceptance {
	const char *entry, *id;		/* id: of the message */
	const char *key;		/* name of the idempotency mark */
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

/* A citizen's wish, from any front. phone: E.164. word: "stop" (no notices),
 * "start", "accents", "plain", "language" (lang), or "wrong_number": stop, and
 * the phone is removed from its dossiers. front: "sms", "ussd", "call". id:
 * names this wish, so that repeating it changes nothing; or NULL. It is stored,
 * so it must not contain the number. The answer's result is "done" or
 * "duplicate". */
struct wish {
	const char *phone, *word, *lang, *front, *id;
};
void store_wish(struct store *, const struct wish *, store_done *,
    void *arg);

/* The hashes under which a phone may be known, an array of strings; the one
 * with the current key comes first, as wish_of() of the library needs it. The
 * caller frees. */
json_t *store_phone_hashes(const struct store *, const char *phone);

/* An event that can't be used. id4, json: what the stream `rejected` shows in
 * place of those fields (a hash), or NULL. */
void store_reject(struct store *, const char *entry, const char *error,
    const char *field, const char *id4, const char *json, store_done *,
    void *arg);

/* A text that an operator sends. */
void store_send(struct store *, const struct message *, store_done *,
    void *arg);

/* The outcome of one segment; ipc/proto.def and calls.def explain the fields.
 * This function fills in the configuration's fields (delays, jitter). */
void store_settle(struct store *, const struct settle_args *, store_done *,
    void *arg);

/* A status report. This function sets its class. */
void store_report(struct store *, const struct report_args *, store_done *,
    void *arg);

/* To be called after a replay: what is still leased to this modem was never
 * sent. */
void store_recover(struct store *, const char *modem, store_done *,
    void *arg);

/* The number of the modem's last journal record that Redis has. */
typedef void store_seq(uint64_t seq, const char *error, void *arg);
void store_last_seq(struct store *, const char *modem, store_seq *,
    void *arg);

/* Does what time alone decides: the validity is over; unknown for long enough.
 * may_reap: leases whose time is long over become unknown, because their modem
 * or gateway is gone; not allowed while outcomes wait for Redis. With the
 * window open, older notices also give way to newer ones. on_remind gets the
 * record of a dossier that is due for its reminder (object of strings,
 * borrowed). */
typedef void store_remind(const json_t *record, void *arg);
void store_sweep(struct store *, bool may_reap, bool is_window_open,
    store_remind *on_remind, store_done *, void *arg);

/* Carries out an operator's decision. verb: "cancel", "retry", "hold" or
 * "release". id; or agency ("*": all) and since (wall clock, 0: ever) and, of
 * "cancel", state, reason and pool (NULL: any). Works in batches until nothing
 * is left. done gets the number of messages moved and, if it could not be done
 * wholly, a sentence that says why. */
struct control {
	const char *verb, *id, *agency;
	const char *state, *reason, *pool;
	int64_t since;
};
typedef void store_controlled(int64_t moved, const char *error, void *arg);
void store_control(struct store *, const struct control *,
    store_controlled *, void *arg);

/* Adds one entry to the alarms stream: alarm level about text by at. error
 * NULL: the stream has it. */
typedef void store_alarmed(const char *error, void *arg);
void store_alarm(struct store *, const json_t *entry, store_alarmed *,
    void *arg);

/* Moves up to STORE_TAKE items of intake.list to the stream, first those in
 * `taken`. n: how many. error: also when the key is no list. */
#define STORE_TAKE 200
typedef void store_taken(unsigned n, const char *error, void *arg);
void store_take(struct store *, store_taken *, void *arg);

#endif
