/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Outcomes, status reports and what citizens say on their way to Redis.
 *
 * owns: what Redis has not confirmed yet, in order.
 * promises: everything given here reaches Redis in that order, over any
 *	number of lost connections (the scripts make repeating harmless).
 * never does: decide what an outcome means.
 */
#ifndef RECEIPT_RECEIPT_H
#define RECEIPT_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hearing;
struct question;
struct receipts;
struct settlement;
struct report;
struct store;
struct store_answer;

struct receipt_hooks {
	/* Redis has it. answer->pool names a pool that may have work now. */
	void (*on_settled)(const struct store_answer *, void *arg);
	void (*on_reported)(const struct store_answer *, void *arg);
	/* A text or a call is in Redis. question: to be answered now, or
	 * NULL; result: redis/heard.h. */
	void (*on_heard)(const char *result, const struct question *,
	    void *arg);
	/* Everything of this modem's journal is in Redis, and what was left
	 * leased is back in the schedule. */
	void (*on_recovered)(const char *modem, void *arg);
};

struct receipts *receipts_new(struct store *, const struct receipt_hooks *,
    void *arg);
void receipts_free(struct receipts *);

/* Copy what they are given. */
void receipts_settle(struct receipts *, const struct settlement *);
void receipts_report(struct receipts *, const struct report *);
void receipts_hear(struct receipts *, const struct hearing *);
void receipts_recover(struct receipts *, const char *modem);

/* While it is paused, nothing is sent. */
void receipts_pause(struct receipts *, bool is_paused);

/* What is given between these two goes before all that waits: a journal's
 * older records. Only while paused. */
void receipts_begin_front(struct receipts *);
void receipts_end_front(struct receipts *);

/* The highest journal number of this modem that Redis confirmed to us; 0:
 * none yet. */
uint64_t receipts_confirmed(const struct receipts *, const char *modem);

/* Redis is back: what it may not have is sent again. */
void receipts_resend(struct receipts *);

size_t receipts_open(const struct receipts *);

#endif
