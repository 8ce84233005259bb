/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One queue holds all items, so that a report never overtakes the outcome of
 * its own segment. The outbox asks Redis to recover a modem's leases only when
 * all items before are confirmed: a recovery would give a message away again
 * whose outcome is still on its way.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/mem.h"
#include "outbox/outbox.h"
#include "redis/fault.h"
#include "redis/heard.h"
#include "redis/store.h"

enum kind {
	SETTLE,
	REPORT,
	HEAR,
	RECOVER,
};

struct item {
	TAILQ_ENTRY(item) entry;
	struct outbox *outbox;
	enum kind kind;
	bool is_sent;
	union {
		struct settle_args settle;
		struct report_args report;
		struct hear_args hear;
	};
	char *modem;
};
TAILQ_HEAD(items, item);

/* What Redis confirmed of one modem. */
struct confirmed {
	SLIST_ENTRY(confirmed) entry;
	char *modem;
	int64_t seq;
};
SLIST_HEAD(confirmed_list, confirmed);

struct outbox {
	struct store *store;
	struct outbox_hooks hooks;
	void *arg;
	struct items items;
	size_t n;
	bool is_paused;
	struct item *before;	/* insert in front of it; NULL: at the end */
	struct confirmed_list confirmed;
};

/* Stands for a journal number that is not known yet. */
#define SEQ_UNKNOWN ((INT64_C(1) << 53) - 1)

static void
item_free(struct item *item)
{
	switch (item->kind) {
	case SETTLE:
		settle_args_clear(&item->settle);
		break;
	case REPORT:
		report_args_clear(&item->report);
		break;
	case HEAR:
		hear_args_clear(&item->hear);
		break;
	case RECOVER:
		break;
	}
	free(item->modem);
	free(item);
}

static void
tell_confirmed(struct outbox *outbox, struct item *item,
    const struct store_answer *answer)
{
	switch (item->kind) {
	case SETTLE:
		outbox->hooks.on_settled(answer, outbox->arg);
		break;
	case REPORT:
		outbox->hooks.on_reported(answer, outbox->arg);
		break;
	case HEAR:
		break;	/* its answer goes to on_confirmed_heard() alone */
	case RECOVER:
		outbox->hooks.on_recovered(item->modem, outbox->arg);
		break;
	}
}

static int64_t
seq_of(const struct item *item)
{
	switch (item->kind) {
	case SETTLE:
		return item->settle.seq;
	case REPORT:
		return item->report.seq;
	case HEAR:
		return item->hear.seq;
	case RECOVER:
		break;
	}
	return 0;
}

static struct confirmed *
find_confirmed(const struct outbox *outbox, const char *modem)
{
	struct confirmed *confirmed;

	SLIST_FOREACH(confirmed, &outbox->confirmed, entry)
		if (strcmp(confirmed->modem, modem) == 0)
			return confirmed;
	return NULL;
}

/* The journal could not be written because the disk takes no writes. It gets
 * the record, and the item its number, later. */
static bool
is_unwritten(const struct item *item)
{
	return item->kind != RECOVER && seq_of(item) == 0 &&
	    (item->kind != SETTLE ||
	    strcmp(item->settle.outcome, "unsent") != 0);
}

/* The nearest unconfirmed journal number of this modem in front of the item.
 * Returns 0 when there is none, SEQ_UNKNOWN when the number is not known
 * yet. */
static int64_t
open_before(const struct item *item)
{
	const struct item *before = item;

	while ((before = TAILQ_PREV(before, items, entry)) != NULL) {
		if (strcmp(before->modem, item->modem) != 0)
			continue;
		if (is_unwritten(before))
			return SEQ_UNKNOWN;
		if (seq_of(before) != 0)
			return seq_of(before);
	}
	return 0;
}

static int64_t
after_of(const struct item *item)
{
	switch (item->kind) {
	case SETTLE:
		return item->settle.after;
	case REPORT:
		return item->report.after;
	case HEAR:
		return item->hear.after;
	case RECOVER:
		break;
	}
	return 0;
}

/* Does not note the number while an earlier one is open. Else, if the earlier
 * one is lost and this one noted, the journal would not report the earlier one
 * again. */
static void
note_confirmed(struct outbox *outbox, const struct item *item)
{
	struct confirmed *confirmed = find_confirmed(outbox, item->modem);

	if (after_of(item) == SEQ_UNKNOWN || open_before(item) != 0)
		return;
	if (confirmed == NULL) {
		confirmed = xcalloc(1, sizeof(*confirmed));
		confirmed->modem = xstrdup(item->modem);
		SLIST_INSERT_HEAD(&outbox->confirmed, confirmed, entry);
	}
	if (seq_of(item) > confirmed->seq)
		confirmed->seq = seq_of(item);
}

uint64_t
outbox_confirmed(const struct outbox *outbox, const char *modem)
{
	const struct confirmed *confirmed = find_confirmed(outbox, modem);

	return confirmed != NULL ? (uint64_t)confirmed->seq : 0;
}

/* The error will pass: the item stays in the queue and is sent again. */
static bool
goes_again(struct item *item, const char *error)
{
	if (!fault_passes(error))
		return false;
	item->is_sent = false;
	return true;
}

/* Redis refuses the item for good and would refuse it each time. The error is
 * in the log already: drop the item. */
static void
drop_refused(struct outbox *outbox, struct item *item, const char *error)
{
	if (error != NULL)
		log_error("receipt_lost", "message=%s modem=%s error=\"%s\"",
		    item->kind == SETTLE ? item->settle.message : "",
		    item->modem, error);
	item_free(item);
	item = TAILQ_FIRST(&outbox->items);
	if (item != NULL && item->kind == RECOVER)
		outbox_resend(outbox);
}

static void
on_answer(const struct store_answer *answer, void *arg)
{
	struct item *item = arg;
	struct outbox *outbox = item->outbox;

	if (goes_again(item, answer->error))
		return;
	if (answer->error == NULL)
		note_confirmed(outbox, item);
	TAILQ_REMOVE(&outbox->items, item, entry);
	outbox->n--;
	if (answer->error == NULL)
		tell_confirmed(outbox, item, answer);
	drop_refused(outbox, item, answer->error);
}

static void
on_heard(const char *result, const struct question *question,
    const char *error, void *arg)
{
	struct item *item = arg;
	struct outbox *outbox = item->outbox;

	if (goes_again(item, error))
		return;
	if (error == NULL)
		note_confirmed(outbox, item);
	TAILQ_REMOVE(&outbox->items, item, entry);
	outbox->n--;
	if (error == NULL)
		outbox->hooks.on_heard(result, question, outbox->arg);
	drop_refused(outbox, item, error);
}

static bool
must_wait(const struct outbox *outbox, const struct item *item)
{
	return item->kind == RECOVER && item != TAILQ_FIRST(&outbox->items);
}

static void
send_item(struct outbox *outbox, struct item *item)
{
	item->is_sent = true;
	switch (item->kind) {
	case SETTLE:
		item->settle.after = open_before(item);
		store_settle(outbox->store, &item->settle, on_answer,
		    item);
		break;
	case REPORT:
		item->report.after = open_before(item);
		store_report(outbox->store, &item->report, on_answer, item);
		break;
	case HEAR:
		item->hear.after = open_before(item);
		store_hear(outbox->store, &item->hear, on_heard, item);
		break;
	case RECOVER:
		store_recover(outbox->store, item->modem, on_answer, item);
		break;
	}
}

/* Adds at the end, behind older items: Redis may have just come back. */
static void
add(struct outbox *outbox, struct item *item)
{
	const struct item *last = TAILQ_LAST(&outbox->items, items);

	item->outbox = outbox;
	if (outbox->before != NULL) {
		TAILQ_INSERT_BEFORE(outbox->before, item, entry);
		outbox->n++;
		return;
	}
	TAILQ_INSERT_TAIL(&outbox->items, item, entry);
	outbox->n++;
	if ((last == NULL || last->is_sent) && !outbox->is_paused &&
	    !must_wait(outbox, item))
		send_item(outbox, item);
}

static struct item *
item_new(enum kind kind, const char *modem)
{
	struct item *item = xcalloc(1, sizeof(*item));

	item->kind = kind;
	item->modem = xstrdup(modem);
	return item;
}

void
outbox_settle(struct outbox *outbox, const struct settle_args *settle)
{
	struct item *item = item_new(SETTLE, settle->modem);

	item->settle = settle_args_dup(settle);
	add(outbox, item);
}

void
outbox_report(struct outbox *outbox, const struct report_args *report)
{
	struct item *item = item_new(REPORT, report->modem);

	item->report = report_args_dup(report);
	add(outbox, item);
}

void
outbox_hear(struct outbox *outbox, const struct hear_args *hear)
{
	struct item *item = item_new(HEAR, hear->modem);

	item->hear = hear_args_dup(hear);
	add(outbox, item);
}

void
outbox_recover(struct outbox *outbox, const char *modem)
{
	add(outbox, item_new(RECOVER, modem));
}

void
outbox_resend(struct outbox *outbox)
{
	struct item *item;

	if (outbox->is_paused)
		return;
	TAILQ_FOREACH(item, &outbox->items, entry) {
		if (must_wait(outbox, item))
			break;
		if (!item->is_sent)
			send_item(outbox, item);
	}
}

void
outbox_pause(struct outbox *outbox, bool is_paused)
{
	outbox->is_paused = is_paused;
}

void
outbox_begin_front(struct outbox *outbox)
{
	outbox->before = TAILQ_FIRST(&outbox->items);
}

void
outbox_end_front(struct outbox *outbox)
{
	outbox->before = NULL;
}

size_t
outbox_open(const struct outbox *outbox)
{
	return outbox->n;
}

struct outbox *
outbox_new(struct store *store, const struct outbox_hooks *hooks,
    void *arg)
{
	struct outbox *outbox = xcalloc(1, sizeof(*outbox));

	outbox->store = store;
	outbox->hooks = *hooks;
	outbox->arg = arg;
	TAILQ_INIT(&outbox->items);
	SLIST_INIT(&outbox->confirmed);
	return outbox;
}

/* To be called after the connection is gone, so that no answer can come any
 * more. The journals hold what is still here. */
void
outbox_free(struct outbox *outbox)
{
	struct confirmed *confirmed;
	struct item *item;

	if (outbox == NULL)
		return;
	while ((item = TAILQ_FIRST(&outbox->items)) != NULL) {
		TAILQ_REMOVE(&outbox->items, item, entry);
		item_free(item);
	}
	while ((confirmed = SLIST_FIRST(&outbox->confirmed)) != NULL) {
		SLIST_REMOVE_HEAD(&outbox->confirmed, entry);
		free(confirmed->modem);
		free(confirmed);
	}
	free(outbox);
}
