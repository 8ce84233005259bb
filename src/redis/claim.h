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
struct store_claim_ask {
	const char *token, *host, *state_dir;
	int64_t since;
	bool has_synced;
};
struct store_claim_answer {
	const char *holder, *beat, *error;
	unsigned others;
};
typedef void store_claimed(const struct store_claim_answer *, void *arg);
void store_claim(struct store *, const struct store_claim_ask *,
    store_claimed *, void *arg);
void store_release(struct store *, store_done *, void *arg);

/* This message is in a modem's hands under this lease number, even if this
 * server, after a failover, believes that it waits. */
void store_keep(struct store *, const char *modem, const char *imsi,
    const char *message, uint32_t fence, store_done *, void *arg);

/* What a gateway that is gone took from the stream, and did not finish, is
 * ours to read. n: entries, 0 on error. */
typedef void store_adopted(unsigned n, const char *error, void *arg);
void store_adopt(struct store *, store_adopted *, void *arg);

#endif
