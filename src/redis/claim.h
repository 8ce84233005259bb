/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The part of the store that gateways owe each other.
 */
#ifndef REDIS_CLAIM_H
#define REDIS_CLAIM_H

#include "redis/store.h"

/* The gateway's name, held by one running daemon: claimed and renewed with
 * store_claim() every third of STORE_NAME_TTL_MS; store_release() gives it
 * back. Nothing is leased or recovered without it (error "NOTOURS …").
 * holder: NULL when it is ours, else who has it; beat: changes whenever that
 * one renews. others: living gateways that have not put this server right
 * (has_synced) since it came. */
#define STORE_NAME_TTL_MS 15000

/* The newest heartbeat that this gateway saw confirmed: epoch (one run of one
 * server on one history of the data) and number in it, when, and the
 * gateways there were. A server that does not have it fell back in time. */
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
/* seen: of this heartbeat, age_ms 0. untold: gateways without whose word
 * nothing is leased: [{"name", "for_ms" (waited for so far), "seen_at" (wall
 * clock, 0 unknown)}], NULL when there is none. Borrowed. */
struct store_claim_answer {
	const char *holder, *beat, *error;
	unsigned others;
	struct store_seen seen;
	const json_t *untold;
};
typedef void store_claimed(const struct store_claim_answer *, void *arg);
void store_claim(struct store *, const struct store_claim_ask *,
    store_claimed *, void *arg);

/* Does a replica have what was claimed? A failover would forget the name of a
 * new gateway, and then nobody would wait for what that one has to tell. Asks
 * the server for STORE_SPREAD_MS; at once true where there is no replica, or
 * none may be asked for. Calls back once, perhaps before it returns; never
 * when the connection is lost. */
#define STORE_SPREAD_MS 1000
typedef void store_spread_done(bool is_spread, void *arg);
void store_spread(struct store *, store_spread_done *, void *arg);

void store_release(struct store *, store_done *, void *arg);

/* This message is in a modem's hands under this lease number, even if this
 * server, after a failover, believes that it waits. */
void store_keep(struct store *, const char *modem, const char *imsi,
    const char *message, const char *about, uint32_t fence, store_done *,
    void *arg);

/* The operator says that a gateway is gone for good: nobody waits for its
 * word any more. error: a sentence for the operator, or NULL; moved: messages
 * that it had in its hands, unknown now. */
void store_forget_gateway(struct store *, const char *name,
    store_controlled *, void *arg);

/* Takes over the entries of the stream that a gateway, which is gone, had read
 * and not finished. n: entries, 0 on error. */
typedef void store_adopted(unsigned n, const char *error, void *arg);
void store_adopt(struct store *, store_adopted *, void *arg);

#endif
