/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What dispatch knows of one modem; for the files of this folder only.
 */
#ifndef DISPATCH_SLOT_H
#define DISPATCH_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatch/breaker.h"
#include "dispatch/dispatch.h"
#include "dispatch/quota.h"
#include "redis/lease.h"

struct slot {
	struct dispatch *dispatch;
	char *name;
	const struct conf_modem *modem;	/* NULL: taken out by a reload, and
					 * freed when n_open is 0 */
	unsigned n_open;		/* requests without an answer */
	const char **pools;		/* NULL-terminated, borrowed names */
	struct breaker breaker;
	int64_t used[QUOTA_END];	/* segments, at the last lease */
	struct quota_period periods[QUOTA_END];	/* the periods of used */
	int64_t rest_deadline;		/* until then a quota is used up */
	bool is_leasing;
	bool is_looking;		/* asks for all modems of its pools */
	bool has_news;			/* ask again when the answer is here */
	bool is_lost;			/* an answer to a lease was lost */
	bool is_recovering;		/* on_lost returned true */
};

struct dispatch {
	const struct conf *conf;
	struct store *store;
	struct dispatch_hooks hooks;
	void *arg;
	struct event *timer;
	int64_t wake_deadline;		/* when the timer fires */
	struct slot **slots;
	size_t n_slots;
	size_t next_look;		/* which modem's turn it is */
	bool is_due;			/* the timer waits for something */
	bool is_stopped;
	bool is_paused;
};

struct slot *slot_new(struct dispatch *, const struct conf_modem *);

/* The modem's entry in the new configuration. NULL: it has none, and the slot
 * is freed now or with its last answer. */
void slot_reload(struct slot *, const struct conf_modem *);

/* An answer of Redis came. Returns false when it was the last one for a slot
 * without a modem: the slot is freed then. */
bool slot_close(struct slot *);
void slot_free(struct slot *);

bool slot_serves(const struct slot *, const char *pool);

/* Is it another modem with a pool in common? */
bool slot_is_mate(const struct slot *, const struct slot *other);

/* Could the modem get a message now, or soon? */
bool slot_can_send(const struct slot *);

/* Asks Redis for count messages. */
void slot_lease(struct slot *, const char *imsi, unsigned count,
    store_leased *);

/* The limit of a period; 0: none. */
int64_t slot_limit(const struct slot *, enum quota_period_kind);

#endif
