/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The part of the store that hands out messages to modems.
 */
#ifndef REDIS_LEASE_H
#define REDIS_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redis/store.h"

struct lease_ask {
	const char *modem, *imsi;
	const char *const *pools;	/* NULL-terminated */
	unsigned count;
	bool is_window_open;
	const struct call_quota *quotas;
	size_t n_quotas;
	const char *month;		/* id, for distinct recipients */
	int64_t recipients;		/* a month; 0: no limit */
	const struct call_mate *mates;
	size_t n_mates;
	const char *day;		/* id, for the daily limit */
	int64_t phone_retry_ms;		/* then a phone over it may get more */
};

/* The next due messages for one modem. leases: borrowed. next_in_ms: until the
 * next delayed message is due or a used up quota is fresh; -1: unknown. used:
 * segments in the present periods so far, in the order of the ask's quotas, or
 * NULL. n is 0 on error. */
struct store_lease_answer {
	const struct lease *leases;
	size_t n;
	int64_t next_in_ms;
	const int64_t *used;
	const char *error;
};
typedef void store_leased(const struct store_lease_answer *, void *arg);
void store_lease(struct store *, const struct lease_ask *, store_leased *,
    void *arg);

#endif
