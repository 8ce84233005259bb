/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which message goes to which modem, and when.
 *
 * owns: the question "is there work for this modem", asked of Redis only
 *	when something happened that may have changed the answer; each
 *	modem's circuit breaker.
 * promises: at most one lease under way per modem; nothing is leased that
 *	its modem has no credit for; after a lease whose answer was lost
 *	there is none until on_lost was answered.
 * never does: talk to modems: it hands leases up.
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
	/* How many messages the modem takes now; *imsi: of its SIM. */
	unsigned (*credit)(const char *modem, const char **imsi, void *arg);
	/* Has it nothing to do? */
	bool (*is_idle)(const char *modem, void *arg);
	/* Is it one that sends, if not at this moment? */
	bool (*can_send)(const char *modem, void *arg);
	/* False when the modem can't take it any more. */
	bool (*on_lease)(const char *modem, const struct lease *, void *arg);
	/* Redis may have leased to this modem without our hearing of it:
	 * return what was leased for it, then dispatch_recovered(). False
	 * when that can't be now: it will be asked again. */
	bool (*on_lost)(const char *modem, void *arg);
	/* The modem refuses everybody, or does not any more. */
	void (*on_refusals)(const char *modem, bool is_refusing, void *arg);
	/* The modem's breaker opened or closed. */
	void (*on_breaker)(const char *modem, bool is_open, void *arg);
};

struct dispatch *dispatch_new(struct event_base *, const struct conf *,
    struct store *, const struct dispatch_hooks *, void *arg);
void dispatch_free(struct dispatch *);

/* There may be work in this pool (NULL: in any). */
void dispatch_work(struct dispatch *, const char *pool);

/* Looks for work that another gateway left: one idle modem after the other
 * asks for all of its pools, and when it gets something, all modems ask. Work
 * that only one modem may do is found when that modem has its turn. */
void dispatch_look(struct dispatch *);

/* This modem has credit. */
void dispatch_modem(struct dispatch *, const char *modem);

/* What was leased for this modem has been returned. False when on_lost did not
 * ask for that. */
bool dispatch_recovered(struct dispatch *, const char *modem);

/* How a segment ended: success; or a failure that blames the modem, or one
 * that trips its breaker at once, or one that says nothing of it. refused:
 * the number, of a text that was refused, or NULL. */
enum dispatch_end {
	DISPATCH_SUCCESS,
	DISPATCH_NEUTRAL,
	DISPATCH_BLAMED,
	DISPATCH_TRIPPED,
};
void dispatch_note(struct dispatch *, const char *modem, enum dispatch_end,
    const char *refused);

/* For each pool of this modem the name of another modem that can send, where
 * there is one: "south=vina-1,north=mobi-1". The caller frees it. */
char *dispatch_others(const struct dispatch *, const char *modem);

/* "closed", "open", "half_open". */
const char *dispatch_breaker(const struct dispatch *, const char *modem);

/* Has it refused several numbers since it last sent a text? */
bool dispatch_is_refusing(const struct dispatch *, const char *modem);

/* The configuration was replaced; the former one is still there. Modems are
 * known by their names: what is known of one stays. */
void dispatch_reload(struct dispatch *);

/* No question to Redis is open: nothing can be leased any more, once it is
 * stopped. */
bool dispatch_is_quiet(const struct dispatch *);

/* How much of a period's limit the SIM in a modem has sent. used: segments, -1
 * not known yet. */
struct dispatch_quota {
	const char *period;		/* "minute", "hour", "day", "month" */
	int64_t used, limit;
};
#define DISPATCH_QUOTAS 4

/* The limits of a modem and their use in the present periods; how many. */
size_t dispatch_quotas(const struct dispatch *, const char *modem,
    struct dispatch_quota out[DISPATCH_QUOTAS]);

/* While it is paused, nothing is leased. */
void dispatch_pause(struct dispatch *, bool is_paused);

/* Redis may have leased something to this modem that nobody has: as if the
 * answer to a lease was lost. */
void dispatch_doubt(struct dispatch *, const char *modem);

/* Leases nothing more. */
void dispatch_stop(struct dispatch *);

#endif
