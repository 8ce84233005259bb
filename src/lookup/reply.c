/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ends a question. Its answer becomes a message through the SIM that was asked,
 * at any hour, unless it is too late to be of use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/phone.h"
#include "base/series.h"
#include "conf/conf.h"
#include "lookup/note.h"
#include "lookup/reply.h"

struct reply *
reply_new(struct sms *sms, const struct question *question)
{
	struct reply *reply = xcalloc(1, sizeof(*reply));
	struct question *q = &reply->question;

	reply->sms = sms;
	reply->begun_ms = clock_mono_ms();
	*q = *question;
	q->id = xstrdup(question->id);
	q->kind = xstrdup(question->kind);
	q->phone = xstrdup(question->phone);
	q->text = xstrdup(question->text);
	q->modem = xstrdup(question->modem);
	q->imsi = xstrdup(question->imsi);
	q->pool = xstrdup(question->pool);
	q->lang = xstrdup(question->lang);
	return reply;
}

static void
reply_free(struct reply *reply)
{
	const char *strings[] = {
		reply->question.id, reply->question.kind,
		reply->question.phone, reply->question.text,
		reply->question.modem, reply->question.imsi,
		reply->question.pool, reply->question.lang,
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		free((char *)(uintptr_t)strings[i]);
	free(reply);
}

static void
on_replied(const struct store_answer *answer, void *arg)
{
	struct reply *reply = arg;
	struct sms *sms = reply->sms;
	char masked[PHONE_SIZE];

	if (answer->error == NULL) {
		histogram_observe(HISTOGRAM_LOOKUP_SECONDS,
		    (double)(clock_mono_ms() - reply->begun_ms) / 1000,
		    reply->question.kind);
		log_info("answered", "front=%s phone=%s modem=%s result=%s "
		    "message=%s", reply->question.kind,
		    phone_mask(reply->question.phone, masked),
		    reply->question.modem, answer->result, answer->message);
		if (strcmp(answer->result, "queued") == 0) {
			metric_add(METRIC_QUESTIONS_ANSWERED, 1);
			sms->hooks->on_work(answer->pool, sms->arg);
		} else {
			metric_add(METRIC_QUESTIONS_SILENT, 1);
		}
		if (answer->is_cut)
			sms->hooks->on_cut(reply->question.modem, sms->arg);
	}
	reply_free(reply);
}

/* The message's id is made from the question's id: a second answer makes the
 * same message. */
static int
make_message(const struct question *q, char *text, struct message *out)
{
	char *key;

	memset(out, 0, sizeof(*out));
	if (message_set_text(out, text) == -1) {
		message_clear(out);
		return -1;
	}
	key = xasprintf("answer|%s", q->id);
	message_id_make(key, out->id);
	free(key);
	(void)snprintf(out->phone, sizeof(out->phone), "%s", q->phone);
	out->pool = q->pool;
	out->want = q->modem;
	out->priority = PRIORITY_URGENT;
	out->is_answer = true;
	out->expires_at = q->expires_at;
	return 0;
}

void
reply_end(struct reply *reply, char *text, const char *once)
{
	const struct question *q = &reply->question;
	struct store *store = reply->sms->store;
	struct message message;
	/* A question from before an upgrade does not name its SIM. */
	struct answering answering = {
		.sim = *q->imsi != '\0' ? q->imsi : q->modem,
		.shows = reply->shows,
		.once = once,
	};

	if (text != NULL && !conf_allows_phone(reply->sms->conf, q->phone)) {
		free(text);
		text = NULL;
	}
	if (text == NULL || make_message(q, text, &message) == -1) {
		store_reply(store, q->id, NULL, NULL, on_replied, reply);
		return;
	}
	store_reply(store, q->id, &message, &answering, on_replied, reply);
	message_clear(&message);
}

void
reply_note(struct reply *reply)
{
	char *said = note_make(reply->question.text);

	store_note(reply->sms->store, &reply->question, said, on_replied,
	    reply);
	free(said);
}

void
reply_postpone(struct reply *reply)
{
	reply_free(reply);
}
