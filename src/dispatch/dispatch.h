/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which message goes to which modem, and when.
 *
 * owns: the question "is there work for this modem", asked of Redis only
 *	when something happened that may have changed the answer.
 * promises: at most one lease under way per modem; nothing is leased that
 *	its modem has no credit for.
 * never does: talk to modems: it hands leases up.
 */
#ifndef DISPATCH_DISPATCH_H
#define DISPATCH_DISPATCH_H

#include <stdbool.h>

struct conf;
struct dispatch;
struct event_base;
struct lease;
struct store;

struct dispatch_hooks {
	/* How many messages the modem takes now; *imsi: of its SIM. */
	unsigned (*credit)(const char *modem, const char **imsi, void *arg);
	/* False when the modem can't take it any more. */
	bool (*on_lease)(const char *modem, const struct lease *, void *arg);
};

struct dispatch *dispatch_new(struct event_base *, const struct conf *,
    struct store *, const struct dispatch_hooks *, void *arg);
void dispatch_free(struct dispatch *);

/* There may be work in this pool (NULL: in any). */
void dispatch_work(struct dispatch *, const char *pool);

/* This modem has credit. */
void dispatch_modem(struct dispatch *, const char *modem);

/* Leases nothing more. */
void dispatch_stop(struct dispatch *);

#endif
