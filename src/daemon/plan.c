/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes an event through intake/event.c and intake/notice.c, and stops where
 * the intake would ask Redis.
 */
#include "base/clock.h"
#include "conf/conf.h"
#include "daemon/plan.h"
#include "daemon/state.h"
#include "dispatch/window.h"
#include "intake/event.h"
#include "intake/notice.h"
#include "message/message.h"
#include "redis/store.h"

static json_t *
plan_text(const char *lang, int accents, const char *text, enum coding coding,
    unsigned segments)
{
	return json_pack("{ss si ss ss si}", "lang", lang, "accents", accents,
	    "text", text, "coding", coding_name(coding), "segments",
	    (int)segments);
}

static json_t *
texts_of(const struct message *m)
{
	json_t *texts = json_array();

	(void)json_array_append_new(texts, plan_text(m->lang, m->accents,
	    m->text, m->coding, m->segments));
	for (size_t i = 0; i < m->n_variants; i++) {
		const struct variant *v = &m->variants[i];

		(void)json_array_append_new(texts, plan_text(v->lang,
		    v->accents, v->text, v->coding, v->segments));
	}
	return texts;
}

/* The first moment that is inside the window and not earlier than
 * not_before. */
static int64_t
first_moment(const struct conf *conf, const struct message *m,
    const char **waits_for)
{
	int from = conf->notices.window_from, to = conf->notices.window_to;
	int64_t at = clock_wall_ms();

	*waits_for = "";
	if (m->not_before > at) {
		at = m->not_before;
		*waits_for = "not_before";
	}
	if (!window_is_open(from, to, at)) {
		at += window_until_turn_ms(from, to, at);
		*waits_for = "window";
	}
	return at;
}

static void
add_message(json_t *plan, const struct conf *conf, const struct message *m)
{
	const char *waits_for;
	int64_t at = first_moment(conf, m, &waits_for);

	(void)json_object_update_new(plan, json_pack("{so ss ss sI ss}",
	    "texts", texts_of(m), "pool", m->pool, "modem",
	    m->want != NULL ? m->want : "", "at", (json_int_t)at, "waits_for",
	    waits_for));
	if (at >= m->expires_at)
		(void)json_object_set_new(plan, "why",
		    json_string("validity"));
}

static json_t *
plan_of_event(const struct daemon *d, const struct event *event)
{
	const struct change *change = &event->change;
	char id[MESSAGE_ID_SIZE], content[MESSAGE_ID_SIZE];

	message_id_make(event->key, id);
	message_id_make(event->content, content);
	return json_pack("{ss ss ss ss so ss ss sb sI}", "dossier",
	    change->dossier, "status", situation_name(change->situation),
	    "agency", change->agency, "phone", change->phone, "hashes",
	    *change->phone != '\0' ? store_phone_hashes(d->store,
	    change->phone) : json_array(), "id", id, "content", content,
	    "is_by_content", event->is_by_content, "change_at",
	    (json_int_t)change->at);
}

json_t *
plan_check(const json_t *fields, void *arg)
{
	const struct daemon *d = arg;
	struct event_fault fault;
	struct event event;

	if (event_parse(fields, clock_wall_ms(), d->conf, d->keyhash, &event,
	    &fault) == -1)
		return json_pack("{ss ss}", "field", fault.field, "error",
		    fault.error);
	event_clear(&event);
	return NULL;
}

json_t *
plan_event(const json_t *fields, void *arg)
{
	const struct daemon *d = arg;
	struct event_fault fault;
	struct message message;
	struct event event;
	json_t *plan = NULL;

	if (event_parse(fields, clock_wall_ms(), d->conf, d->keyhash, &event,
	    &fault) == 0) {
		enum notice_verdict verdict = notice_make(&event, d->conf,
		    d->templates, &message, &fault);

		if (verdict != NOTICE_REJECT)
			plan = plan_of_event(d, &event);
		if (verdict == NOTICE_SUPPRESS)
			(void)json_object_set_new(plan, "why",
			    json_string(fault.error));
		else if (verdict == NOTICE_SEND)
			add_message(plan, d->conf, &message);
		message_clear(&message);
		event_clear(&event);
	}
	return plan != NULL ? plan : json_pack("{ss ss}", "field",
	    fault.field, "error", fault.error);
}
