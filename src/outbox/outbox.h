/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Outcomes, status reports and what citizens say, on their way to Redis.
 *
 * owns: what Redis has not confirmed yet, in order.
 * promises: everything given here reaches Redis in that order, over any
 *	number of lost connections (the Redis functions make repeating
 *	harmless).
 * never does: decide what an outcome means.
 */
#ifndef OUTBOX_OUTBOX_H
#define OUTBOX_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hear_args;
struct question;
struct outbox;
struct settle_args;
struct report_args;
struct store;
struct store_answer;

struct outbox_hooks {
	/* Redis has it. answer->pool names a pool that may have work now. */
	void (*on_settled)(const struct store_answer *, void *arg);
	void (*on_reported)(const struct store_answer *, void *arg);
	/* Redis has the text or call. question: to be answered now, or NULL.
	 * result: see redis/heard.h. */
	void (*on_heard)(const char *result, const struct question *,
	    void *arg);
	/* Redis has all records of this modem's journal, and the messages that
	 * the modem still leased are back in the schedule. */
	void (*on_recovered)(const char *modem, void *arg);
};

struct outbox *outbox_new(struct store *, const struct outbox_hooks *,
    void *arg);
void outbox_free(struct outbox *);

/* These functions copy what they are given. */
void outbox_settle(struct outbox *, const struct settle_args *);
void outbox_report(struct outbox *, const struct report_args *);
void outbox_hear(struct outbox *, const struct hear_args *);
void outbox_recover(struct outbox *, const char *modem);

/* While the outbox is paused, it sends nothing. */
void outbox_pause(struct outbox *, bool is_paused);

/* Items given between begin and end go before all that wait: they are older
 * records of a journal. Allowed only while the outbox is paused. */
void outbox_begin_front(struct outbox *);
void outbox_end_front(struct outbox *);

/* The highest journal number of this modem that Redis has confirmed; 0:
 * none. */
uint64_t outbox_confirmed(const struct outbox *, const char *modem);

/* Redis is back: sends again what Redis may not have. */
void outbox_resend(struct outbox *);

size_t outbox_open(const struct outbox *);

#endif
