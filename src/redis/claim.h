/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The part of the store with what gateways must tell each other.
 */
#ifndef REDIS_CLAIM_H
#define REDIS_CLAIM_H

#include "redis/store.h"

/* One running daemon holds the gateway's name: store_claim() claims and renews
 * it every third of STORE_NAME_TTL_MS, store_release() gives it back. Without
 * the name nothing is leased or recovered (error "NOTOURS …"). holder: NULL
 * when the name is ours, else who has it. beat: changes with each renewal by
 * that holder. others: living gateways that have not reported (has_synced) to
 * this server since it came. */
#define STORE_NAME_TTL_MS 15000

/* The newest confirmed heartbeat that this gateway saw: epoch (one run of one
 * server on one history of the data), its number, its time, and the gateways
 * that existed. A server without it has lost its newest data. */
struct store_seen {
	const char *epoch;
	int64_t beat, age_ms;
	const json_t *gateways;	/* array of names */
};
struct store_claim_ask {
	const char *token, *host, *state_dir;
	int64_t since;
	bool has_synced;
	const struct store_seen *seen;	/* NULL: none */
};
/* seen: this heartbeat, age_ms 0. untold: gateways that must report before
 * anything is leased: [{"name", "for_ms" (the wait so far), "seen_at" (wall
 * clock, 0 unknown)}]; NULL: none. Borrowed. */
struct store_claim_answer {
	const char *holder, *beat, *error;
	unsigned others;
	struct store_seen seen;
	const json_t *untold;
};
typedef void store_claimed(const struct store_claim_answer *, void *arg);
void store_claim(struct store *, const struct store_claim_ask *,
    store_claimed *, void *arg);

/* Has a replica got the claimed name? A failover would lose the name of a new
 * gateway, and then nobody would wait for its report. Asks the server for up to
 * STORE_SPREAD_MS. True at once when there is no replica, or asking is not
 * allowed. Calls back once, maybe before it returns; never when the connection
 * is lost. */
#define STORE_SPREAD_MS 1000
typedef void store_spread_done(bool is_spread, void *arg);
void store_spread(struct store *, store_spread_done *, void *arg);

void store_release(struct store *, store_done *, void *arg);

/* This message is in a modem's hands under this lease number, even if this
 * server, after a failover, believes that the message waits. */
void store_keep(struct store *, const char *modem, const char *imsi,
    const char *message, const char *about, uint32_t fence, store_done *,
    void *arg);

/* The operator says that a gateway is gone for good: nobody waits for its
 * report any more. error: a sentence for the operator, or NULL. moved: messages
 * that it had in its hands, unknown now. */
void store_forget_gateway(struct store *, const char *name,
    store_controlled *, void *arg);

/* Takes over the entries of the stream that a dead gateway had read and not
 * finished. n: entries, 0 on error. */
typedef void store_adopted(unsigned n, const char *error, void *arg);
void store_adopt(struct store *, store_adopted *, void *arg);

#endif
