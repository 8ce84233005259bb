/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One queue for all of it, so that a report never overtakes the outcome of
 * its own segment. A recovery is asked for only when Redis has confirmed
 * all before it: it would give away what an outcome is about to settle.
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
		struct settlement settlement;
		struct report report;
		struct hearing hearing;
	};
	char *modem, *imsi, *message, *about, *phone, *reason, *action, *other;
	char *mark, *text;
};
TAILQ_HEAD(items, item);

/* What Redis confirmed of one modem. */
struct confirmed {
	SLIST_ENTRY(confirmed) entry;
	char *modem;
	uint64_t seq;
};
SLIST_HEAD(confirmed_list, confirmed);

struct outbox {
	struct store *store;
	struct outbox_hooks hooks;
	void *arg;
	struct items items;
	size_t n;
	bool is_paused;
	struct item *before;	/* new items go in front of it; or NULL */
	struct confirmed_list confirmed;
};

static void
item_free(struct item *item)
{
	free(item->modem);
	free(item->imsi);
	free(item->message);
	free(item->about);
	free(item->phone);
	free(item->reason);
	free(item->action);
	free(item->other);
	free(item->mark);
	free(item->text);
	free(item);
}

static char *
copy(const char *text)
{
	return xstrdup(text != NULL ? text : "");
}

static void
tell(struct outbox *outbox, struct item *item,
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
		break;	/* has an answer of its own kind */
	case RECOVER:
		outbox->hooks.on_recovered(item->modem, outbox->arg);
		break;
	}
}

static uint64_t
seq_of(const struct item *item)
{
	switch (item->kind) {
	case SETTLE:
		return item->settlement.seq;
	case REPORT:
		return item->report.seq;
	case HEAR:
		return item->hearing.seq;
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

/* Its number will stand in the journal, which the disk does not take now. */
static bool
is_unwritten(const struct item *item)
{
	return item->kind != RECOVER && seq_of(item) == 0 &&
	    (item->kind != SETTLE ||
	    strcmp(item->settlement.outcome, "unsent") != 0);
}

/* The nearest journal number of this modem in front of the item that is not
 * confirmed; 0: none; INT64_MAX: one is there that nobody knows yet. */
static uint64_t
open_before(const struct item *item)
{
	const struct item *before = item;

	while ((before = TAILQ_PREV(before, items, entry)) != NULL) {
		if (strcmp(before->modem, item->modem) != 0)
			continue;
		if (is_unwritten(before))
			return INT64_MAX;
		if (seq_of(before) != 0)
			return seq_of(before);
	}
	return 0;
}

static uint64_t
after_of(const struct item *item)
{
	switch (item->kind) {
	case SETTLE:
		return item->settlement.after;
	case REPORT:
		return item->report.after;
	case HEAR:
		return item->hearing.after;
	case RECOVER:
		break;
	}
	return 0;
}

/* Not while one before it is open: else what was refused, and this not, would
 * not be told again from the journal. */
static void
note_confirmed(struct outbox *outbox, const struct item *item)
{
	struct confirmed *confirmed = find_confirmed(outbox, item->modem);

	if (after_of(item) == INT64_MAX || open_before(item) != 0)
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

	return confirmed != NULL ? confirmed->seq : 0;
}

/* An error that passes: it stays, and goes again. */
static bool
goes_again(struct item *item, const char *error)
{
	if (!fault_passes(error))
		return false;
	item->is_sent = false;
	return true;
}

/* A script's own error would come for ever: logged where it was seen, and
 * let go. */
static void
drop(struct outbox *outbox, struct item *item, const char *error)
{
	if (error != NULL)
		log_error("receipt_lost", "message=%s modem=%s error=\"%s\"",
		    item->message, item->modem, error);
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
		tell(outbox, item, answer);
	drop(outbox, item, answer->error);
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
	drop(outbox, item, error);
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
		item->settlement.after = open_before(item);
		store_settle(outbox->store, &item->settlement, on_answer,
		    item);
		break;
	case REPORT:
		item->report.after = open_before(item);
		store_report(outbox->store, &item->report, on_answer, item);
		break;
	case HEAR:
		item->hearing.after = open_before(item);
		store_hear(outbox->store, &item->hearing, on_heard, item);
		break;
	case RECOVER:
		store_recover(outbox->store, item->modem, on_answer, item);
		break;
	}
}

/* Not before those that wait: Redis may be just back. */
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

void
outbox_settle(struct outbox *outbox, const struct settlement *s)
{
	struct item *item = xcalloc(1, sizeof(*item));

	item->kind = SETTLE;
	item->settlement = *s;
	item->settlement.modem = item->modem = copy(s->modem);
	item->settlement.imsi = item->imsi = copy(s->imsi);
	item->settlement.message = item->message = copy(s->message);
	item->settlement.about = item->about = copy(s->about);
	item->settlement.phone = item->phone = copy(s->phone);
	item->settlement.reason = item->reason = copy(s->reason);
	item->settlement.action = item->action = copy(s->action);
	item->settlement.other = item->other = copy(s->other);
	add(outbox, item);
}

void
outbox_report(struct outbox *outbox, const struct report *report)
{
	struct item *item = xcalloc(1, sizeof(*item));

	item->kind = REPORT;
	item->report = *report;
	item->report.modem = item->modem = copy(report->modem);
	item->report.imsi = item->imsi = copy(report->imsi);
	item->report.phone = item->phone = copy(report->phone);
	item->message = copy(NULL);
	add(outbox, item);
}

void
outbox_hear(struct outbox *outbox, const struct hearing *hearing)
{
	struct item *item = xcalloc(1, sizeof(*item));

	item->kind = HEAR;
	item->hearing = *hearing;
	item->hearing.modem = item->modem = copy(hearing->modem);
	item->hearing.imsi = item->imsi = copy(hearing->imsi);
	item->hearing.phone = item->phone = copy(hearing->phone);
	item->hearing.mark = item->mark = copy(hearing->mark);
	item->hearing.text = item->text = copy(hearing->text);
	item->hearing.pool = item->other = copy(hearing->pool);
	item->message = copy(NULL);
	add(outbox, item);
}

void
outbox_recover(struct outbox *outbox, const char *modem)
{
	struct item *item = xcalloc(1, sizeof(*item));

	item->kind = RECOVER;
	item->modem = copy(modem);
	item->message = copy(NULL);
	add(outbox, item);
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

/* After the connection is gone: no answer can come any more. What is still
 * here is in the journal. */
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
