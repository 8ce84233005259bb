/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a question that came in on a modem: from the worker's journal
 * to Redis, from there to its front (lookup/), and its answer to the queue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "alarm/alarm.h"
#include "base/keyhash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "daemon/pager.h"
#include "daemon/question.h"
#include "daemon/state.h"
#include "daemon/strangers.h"
#include "daemon/texts.h"
#include "dispatch/dispatch.h"
#include "ipc/proto.h"
#include "lookup/lookup.h"
#include "lookup/sms.h"
#include "modem/modem.h"
#include "outbox/outbox.h"
#include "redis/heard.h"

#define SHORT_MOST 6	/* digits of a short code */
#define PARTS_MAX 255 /* 3GPP TS 23.040 §9.2.3.24.1 */

/* Answers go out through the SIM that was asked: its first pool. */
static const char *
pool_of(const struct conf *conf, const char *modem)
{
	for (size_t i = 0; i < conf->n_pools; i++)
		if (conf_pool_has(&conf->pools[i], modem))
			return conf->pools[i].name;
	return conf->pools[0].name;
}

/* Makes the mark of one incoming text or call: SIM, sender, moment and
 * content. It is the same however often the worker reports it. */
static void
make_mark(const struct daemon *d, const char *phone, char *what,
    char out[KEYHASH_SIZE])
{
	(void)keyhash_make(d->keyhash, phone, what, out);
	free(what);
}

/* Is it the number of one of our own SIMs? Two of them must not answer each
 * other. */
static bool
is_our_own(const struct daemon *d, const char *phone)
{
	char own[PHONE_SIZE];

	for (size_t i = 0; i < d->conf->n_modems; i++)
		if (phone_from_network(d->conf->gateway.country_code,
		    modem_number(d->modems[i]), own) &&
		    strcmp(own, phone) == 0)
			return true;
	return false;
}

/* False for senders that get no answer: names, short codes, foreign and fixed
 * numbers, withheld numbers and our own SIMs. */
static bool
may_be_answered(const struct daemon *d, const char *sender,
    char phone[PHONE_SIZE])
{
	return phone_from_network(d->conf->gateway.country_code, sender,
	    phone) && !is_our_own(d, phone);
}

/* A name ("VIETTEL"), or a number that is too short for a telephone: the
 * operator, or a service of it. */
static bool
is_operator(const char *sender)
{
	size_t digits = strspn(sender, "0123456789");

	return *sender != '\0' && (sender[digits] == '\0' ?
	    digits <= SHORT_MOST : *sender != '+');
}

void
question_text(struct modem *modem, const struct proto_incoming *incoming,
    void *arg)
{
	struct daemon *d = arg;
	char phone[PHONE_SIZE] = "", masked[PHONE_SIZE], mark[KEYHASH_SIZE];
	struct hear_args hearing = {
		.modem = modem_name(modem),
		.imsi = incoming->imsi,
		.seq = incoming->seq,
		.kind = "sms",
		.phone = phone,
		.pool = pool_of(d->conf, modem_name(modem)),
		.mark = mark,
		.text = incoming->text,
		.concat_ref = incoming->concat_ref,
		.part = incoming->part,
		.parts = incoming->parts,
		.at = incoming->at,
	};

	metric_add(METRIC_INCOMING, 1);
	log_info("incoming", "modem=%s from=%s part=%u parts=%u",
	    modem_name(modem), phone_mask(incoming->sender, masked),
	    incoming->part, incoming->parts);
	if (is_operator(incoming->sender)) {
		hearing.kind = "operator";
		hearing.phone = incoming->sender;
	} else if (!may_be_answered(d, incoming->sender, phone)) {
		phone[0] = '\0';
	}
	if (incoming->part < 1 || incoming->part > incoming->parts ||
	    incoming->parts > PARTS_MAX)
		hearing.phone = "";
	make_mark(d, incoming->sender, xasprintf("sms|%s|%lld|%u|%u|%u|%s",
	    incoming->imsi, (long long)incoming->sent_at,
	    incoming->concat_ref, incoming->part, incoming->parts,
	    incoming->text), mark);
	outbox_hear(d->outbox, &hearing);
}

void
question_call(struct modem *modem, const struct proto_rang *rang, void *arg)
{
	struct daemon *d = arg;
	char phone[PHONE_SIZE] = "", masked[PHONE_SIZE], mark[KEYHASH_SIZE];
	struct hear_args hearing = {
		.modem = modem_name(modem),
		.imsi = rang->imsi,
		.seq = rang->seq,
		.kind = "call",
		.phone = phone,
		.pool = pool_of(d->conf, modem_name(modem)),
		.mark = mark,
		.text = "",
		.part = 1,
		.parts = 1,
		.at = rang->at,
	};

	metric_add(METRIC_CALLS, 1);
	log_info("call", "modem=%s from=%s", modem_name(modem),
	    phone_mask(rang->sender, masked));
	if (!may_be_answered(d, rang->sender, phone))
		phone[0] = '\0';
	make_mark(d, rang->sender, xasprintf("call|%s|%lld", rang->imsi,
	    (long long)rang->at), mark);
	outbox_hear(d->outbox, &hearing);
}

/* A text from the air that can't be read is no question, but must be found
 * by whoever looks for what a citizen says to have sent. */
void
question_unreadable(struct modem *modem, const struct proto_unreadable *u,
    void *arg)
{
	struct daemon *d = arg;
	char mark[KEYHASH_SIZE];
	json_t *known = json_pack("{ss si ss ss si ss}", "memory", u->memory,
	    "place", (int)u->place, "kind", u->kind, "reason", u->reason,
	    "octets", (int)u->octets, "head", u->head);
	char *text = json_dumps(known, JSON_COMPACT);
	struct hear_args hearing = {
		.modem = modem_name(modem),
		.imsi = u->imsi,
		.seq = u->seq,
		.kind = "unreadable",
		.phone = "",
		.pool = "",
		.mark = mark,
		.text = text,
		.part = 1,
		.parts = 1,
		.at = u->at,
	};

	metric_add(METRIC_UNREADABLE, 1);
	log_warning("unreadable", "modem=%s memory=%s kind=%s reason=%s "
	    "octets=%u", modem_name(modem), u->memory, u->kind, u->reason,
	    u->octets);
	make_mark(d, "", xasprintf("unreadable|%s|%u|%u", u->imsi, u->octets,
	    u->digest), mark);
	outbox_hear(d->outbox, &hearing);
	free(text);
	json_decref(known);
}

static void
on_work(const char *pool, void *arg)
{
	struct daemon *d = arg;

	dispatch_work(d->dispatch, pool);
}

/* In Redis, for the first time or again. */
void
question_heard(const char *result, const struct question *question,
    void *arg)
{
	struct daemon *d = arg;

	if (strcmp(result, "duplicate") == 0)
		metric_add(METRIC_QUESTIONS_DUPLICATE, 1);
	if (question == NULL || strcmp(result, "operator") == 0)
		log_debug("question", "result=%s", result);
	if (question == NULL)
		return;
	if (strcmp(result, "operator") == 0) {
		texts_heard(d, question->modem, question->text);
		return;
	}
	metric_add(METRIC_QUESTIONS, 1);
	if (strcmp(result, "heard") == 0)
		pager_heard(d, question);
	sms_answer(d->sms, question);
}

static void
on_heard_again(const char *result, const struct question *question,
    const char *error, void *arg)
{
	if (error == NULL)
		question_heard(result, question, arg);
}

void
question_sweep(struct daemon *d)
{
	store_heard_again(d->store, on_heard_again, d);
}

/* Lookups raise these alarms; the hour's end clears them, asked or not. */
static void
on_watched(bool is_scanning, bool is_guessing, void *arg)
{
	struct daemon *d = arg;

	alarm_set(d->alarms, ALARM_SCANNING, "", is_scanning, NULL);
	alarm_set(d->alarms, ALARM_GUESSING, "", is_guessing, NULL);
}

void
question_calm(struct daemon *d, bool is_scanning, bool is_guessing)
{
	static const char well[] = "this hour's lookups are well";

	if (!is_scanning)
		alarm_set(d->alarms, ALARM_SCANNING, "", false, well);
	if (!is_guessing)
		alarm_set(d->alarms, ALARM_GUESSING, "", false, well);
}

static const struct templates *
on_templates(void *arg)
{
	struct daemon *d = arg;

	return d->templates;
}

const struct sms_hooks question_sms_hooks = {
	.on_work = on_work,
	.on_cut = strangers_cut,
};
const struct lookup_hooks question_lookup_hooks = {
	.on_work = on_work,
	.on_cut = strangers_cut,
	.on_watched = on_watched,
	.templates = on_templates,
};
