/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Open questions: hear.lua, heard.lua, answer.lua; and send.lua, for answers
 * to others.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "redis/heard.h"
#include "redis/inside.h"
#include "redis/script.h"

#define AGAIN_MS  10000 /* open for so long: its daemon is gone, perhaps */
#define DAY_LIMIT 30	/* answers to a phone, whatever it asks */

struct heard_call {
	store_heard *done;
	void *arg;
};

static struct heard_call *
heard_call(store_heard *done, void *arg)
{
	struct heard_call *call = xcalloc(1, sizeof(*call));

	call->done = done;
	call->arg = arg;
	return call;
}

static struct question
question_of(const json_t *object)
{
	return (struct question){
		.id = store_word(object, "id"),
		.kind = store_word(object, "kind"),
		.phone = store_word(object, "phone"),
		.text = store_word(object, "text"),
		.modem = store_word(object, "modem"),
		.imsi = store_word(object, "imsi"),
		.pool = store_word(object, "pool"),
		.lang = store_word(object, "lang"),
		.accents = (int)json_number_value(
		    json_object_get(object, "accents")),
		.at = (int64_t)json_number_value(
		    json_object_get(object, "at")),
		.expires_at = (int64_t)json_number_value(
		    json_object_get(object, "expires_at")),
	};
}

static void
on_heard(const json_t *result, const char *error, void *arg)
{
	struct heard_call call = *(struct heard_call *)arg;
	const json_t *object = json_object_get(result, "question");
	struct question question = question_of(object);

	free(arg);
	call.done(result != NULL ? store_word(result, "result") : NULL,
	    object != NULL ? &question : NULL, error, call.arg);
}

void
store_hear(struct store *store, const struct hearing *h, store_heard *done,
    void *arg)
{
	script_run(store->redis, store->conf, SCRIPT_HEAR,
	    json_pack("{ss ss sI sI ss ss ss ss ss si si si sI sI si so}",
	    "modem", h->modem, "imsi", h->imsi, "seq", (json_int_t)h->seq,
	    "after", (json_int_t)h->after,
	    "kind", h->kind, "phone", h->phone, "pool", h->pool,
	    "mark", h->mark, "text", h->text,
	    "concat_ref", (int)h->concat_ref, "part", (int)h->part,
	    "parts", (int)h->parts, "at", (json_int_t)h->at, "validity_ms",
	    (json_int_t)store->conf->lookup.answer_validity_ms,
	    "again_ms", AGAIN_MS, "hashes",
	    store_phone_hashes(store, h->phone)),
	    on_heard, heard_call(done, arg));
}

static void
on_heard_again(const json_t *result, const char *error, void *arg)
{
	struct heard_call call = *(struct heard_call *)arg;
	const json_t *list = json_object_get(result, "questions");

	free(arg);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct question question = question_of(
		    json_array_get(list, i));

		call.done("heard", &question, error, call.arg);
	}
}

void
store_heard_again(struct store *store, store_heard *done, void *arg)
{
	script_run(store->redis, store->conf, SCRIPT_HEARD,
	    json_pack("{si}", "again_ms", AGAIN_MS), on_heard_again,
	    heard_call(done, arg));
}

static void
set_answering(const struct store *store, const struct answering *answering,
    json_t *args)
{
	json_object_set_new(args, "day_limit", json_integer(DAY_LIMIT));
	json_object_set_new(args, "strangers",
	    json_integer(store->conf->lookup.strangers));
	json_object_set_new(args, "sim", json_string(answering->sim));
	json_object_set_new(args, "shows", json_boolean(answering->shows));
	if (answering->once != NULL)
		json_object_set_new(args, "once",
		    json_string(answering->once));
}

void
store_reply(struct store *store, const char *question,
    const struct message *message, const struct answering *answering,
    store_done *done, void *arg)
{
	json_t *args = json_pack("{ss}", "question", question);

	if (message != NULL) {
		json_object_set_new(args, "id", json_string(message->id));
		json_object_set_new(args, "message",
		    store_message_args(message));
		set_answering(store, answering, args);
	}
	store_run(store, SCRIPT_ANSWER, args, done, arg);
}

void
store_say(struct store *store, const struct message *message,
    const struct answering *answering, store_done *done, void *arg)
{
	json_t *args = json_pack("{ss so}", "id", message->id, "message",
	    store_message_args(message));

	set_answering(store, answering, args);
	store_run(store, SCRIPT_SEND, args, done, arg);
}
