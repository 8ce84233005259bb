/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which message goes to which modem, and when.
 *
 * owns: the question "is there work for this modem"; it asks Redis only
 *	when an event may have changed the answer. Also each modem's circuit
 *	breaker.
 * promises: at most one lease request under way per modem; leases only
 *	what the modem has credit for; after the answer to a lease was lost,
 *	leases nothing until on_lost is done.
 * never does: talk to modems. It hands leases to its hooks.
 */
#ifndef DISPATCH_DISPATCH_H
#define DISPATCH_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct dispatch;
struct event_base;
struct lease;
struct store;

struct dispatch_hooks {
	/* How many messages the modem takes now. Sets *imsi to its SIM's. */
	unsigned (*credit)(const char *modem, const char **imsi, void *arg);
	/* Has the modem nothing to do? */
	bool (*is_idle)(const char *modem, void *arg);
	/* Is it a modem that sends, even if not at this moment? */
	bool (*can_send)(const char *modem, void *arg);
	/* Returns false when the modem can't take the lease any more. */
	bool (*on_lease)(const char *modem, const struct lease *, void *arg);
	/* Redis may have leased to this modem without our hearing of it. Give
	 * back what was leased for it, then call dispatch_recovered(). Return
	 * false when that is not possible now: dispatch will ask again. */
	bool (*on_lost)(const char *modem, void *arg);
	/* The modem refuses every number, or does not any more. */
	void (*on_refusals)(const char *modem, bool is_refusing, void *arg);
	/* The modem's breaker opened or closed. */
	void (*on_breaker)(const char *modem, bool is_open, void *arg);
};

struct dispatch *dispatch_new(struct event_base *, const struct conf *,
    struct store *, const struct dispatch_hooks *, void *arg);
void dispatch_free(struct dispatch *);

/* There may be work in this pool (NULL: in any). */
void dispatch_work(struct dispatch *, const char *pool);

/* There may be work that nobody told us of, left by another gateway. One idle
 * modem asks for all of its pools, each modem in its turn; when it gets
 * something, all modems ask. Work that only one modem may send is found when
 * that modem has its turn. */
void dispatch_look(struct dispatch *);

/* This modem has credit. */
void dispatch_modem(struct dispatch *, const char *modem);

/* Nothing is leased to this modem any more. Returns false when on_lost did not
 * ask for that. */
bool dispatch_recovered(struct dispatch *, const char *modem);

/* How a segment ended: a success; a failure that blames the modem; one that
 * trips its breaker at once; or one that says nothing about the modem. refused:
 * the number when the network refused the text, else NULL. */
enum dispatch_end {
	DISPATCH_SUCCESS,
	DISPATCH_NEUTRAL,
	DISPATCH_BLAMED,
	DISPATCH_TRIPPED,
};
void dispatch_note(struct dispatch *, const char *modem, enum dispatch_end,
    const char *refused);

/* Names for each pool of this modem another modem that can send, where there is
 * one: "south=vina-1,north=mobi-1". The caller frees it. */
char *dispatch_others(const struct dispatch *, const char *modem);

/* "closed", "open", "half_open". */
const char *dispatch_breaker(const struct dispatch *, const char *modem);

/* Has it refused several numbers since it last sent a text? */
bool dispatch_is_refusing(const struct dispatch *, const char *modem);

/* The configuration was replaced; the old one still exists. Dispatch knows
 * modems by their names and keeps what it knows of each. */
void dispatch_reload(struct dispatch *);

/* No question to Redis is open. After dispatch_stop(), this means that nothing
 * can be leased any more. */
bool dispatch_is_quiet(const struct dispatch *);

/* What the SIM in a modem has sent of a period's limit. used: segments; -1: not
 * known yet. */
struct dispatch_quota {
	const char *period;		/* "minute", "hour", "day", "month" */
	int64_t used, limit;
};
#define DISPATCH_QUOTAS 4

/* Writes a modem's limits and their use in the present periods. Returns how
 * many. */
size_t dispatch_quotas(const struct dispatch *, const char *modem,
    struct dispatch_quota out[DISPATCH_QUOTAS]);

/* While it is paused, nothing is leased. */
void dispatch_pause(struct dispatch *, bool is_paused);

/* Redis may have leased something to this modem that no modem has. Does the
 * same as when the answer to a lease was lost. */
void dispatch_doubt(struct dispatch *, const char *modem);

/* Leases nothing more. */
void dispatch_stop(struct dispatch *);

#endif
