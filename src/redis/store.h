/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transitions of a message, one C function per script. All of them are
 * safe to repeat; `error` in an answer means that nobody knows whether
 * Redis ran it.
 */
#ifndef REDIS_STORE_H
#define REDIS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "message/message.h"

struct conf;
struct event_base;
struct redis;
struct store;

/* Borrows redis and conf. */
struct store *store_new(struct redis *, const struct conf *);
void store_free(struct store *);

/* What happened, in a word of the script ("queued", "suppressed", …), and
 * the pool that has work now, or "". result is NULL on error. Borrowed. */
struct store_answer {
	const char *result;
	const char *message;
	const char *pool;
	const char *reason;
	const char *error;
};
typedef void store_done(const struct store_answer *, void *arg);

/* An event that can be used. message is NULL when suppress (a word for the
 * receipt) says why nothing is sent. entry: its id in the stream, or NULL
 * when it came another way. */
struct acceptance {
	const char *entry;
	const char *id;			/* of the message */
	const char *key;		/* idempotency mark */
	int64_t key_ttl_ms;
	const struct change *change;
	const struct message *message;
	const char *suppress;
};
void store_accept(struct store *, const struct acceptance *, store_done *,
    void *arg);

/* An event that can't. id4, json: what the stream `rejected` shows in place
 * of those fields (a hash), or NULL. */
void store_reject(struct store *, const char *entry, const char *error,
    const char *field, const char *id4, const char *json, store_done *,
    void *arg);

/* A text by an operator's hand. */
void store_send(struct store *, const struct message *, store_done *,
    void *arg);

/* The next due messages for one modem. leases: borrowed; next_in_ms: until
 * the next delayed one is due, -1 none known. n is 0 on error. */
typedef void store_leased(const struct lease *leases, size_t n,
    int64_t next_in_ms, const char *error, void *arg);
void store_lease(struct store *, const char *modem, const char *imsi,
    const char *const *pools, unsigned count, bool is_window_open,
    store_leased *, void *arg);

/* What became of one segment; see ipc/proto.def RESULT for the fields. */
struct settlement {
	const char *modem, *imsi, *message, *phone, *reason;
	uint64_t seq;
	uint32_t fence, segment;
	const char *outcome;		/* outcome_name() */
	uint32_t reference;
	bool reference_kept;
	bool wants_report;
	bool retry;			/* of a refusal: again after a while */
};
void store_settle(struct store *, const struct settlement *, store_done *,
    void *arg);

/* A status report. */
struct report {
	const char *modem, *imsi, *phone;
	uint64_t seq;
	uint32_t reference;
	uint32_t tp_status;
};
void store_report(struct store *, const struct report *, store_done *,
    void *arg);

/* After a replay: what is still leased for this modem was never sent. */
void store_recover(struct store *, const char *modem, store_done *,
    void *arg);

/* Number of the last journal record of this modem that Redis has. */
typedef void store_seq(uint64_t seq, const char *error, void *arg);
void store_last_seq(struct store *, const char *modem, store_seq *,
    void *arg);

/* What time alone decides: validity passed, unknown for long enough. */
void store_sweep(struct store *, store_done *, void *arg);

/* Moves up to STORE_TAKE items of intake.list, those in `taken` first, to
 * the stream. n: how many; 0 on error. */
#define STORE_TAKE 200
typedef void store_taken(unsigned n, const char *error, void *arg);
void store_take(struct store *, store_taken *, void *arg);

#endif
