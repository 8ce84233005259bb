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
	struct hear_result answer;
	struct question question;

	free(arg);
	hear_result_read(result, &answer);
	question = question_of(answer.question);
	call.done(result != NULL ? answer.result : NULL,
	    answer.question != NULL ? &question : NULL, error, call.arg);
}

void
store_hear(struct store *store, const struct hear_args *hear,
    store_heard *done, void *arg)
{
	struct hear_args args = *hear;
	json_t *hashes = store_phone_hashes(store, hear->phone);

	args.hashes = hashes;
	args.validity_ms = store->conf->lookup.answer_validity_ms;
	args.again_ms = AGAIN_MS;
	call_run(store->redis, store->conf, SCRIPT_HEAR, hear_words(&args),
	    on_heard, heard_call(done, arg));
	json_decref(hashes);
}

static void
on_heard_again(const json_t *result, const char *error, void *arg)
{
	struct heard_call call = *(struct heard_call *)arg;
	struct heard_result answer;

	free(arg);
	heard_result_read(result, &answer);
	for (size_t i = 0; i < json_array_size(answer.questions); i++) {
		struct question question = question_of(
		    json_array_get(answer.questions, i));

		call.done("heard", &question, error, call.arg);
	}
}

void
store_heard_again(struct store *store, store_heard *done, void *arg)
{
	const struct heard_args args = {.again_ms = AGAIN_MS};

	call_run(store->redis, store->conf, SCRIPT_HEARD, heard_words(&args),
	    on_heard_again, heard_call(done, arg));
}

static struct call_limits
limits_of(const struct store *store, const struct answering *answering)
{
	return (struct call_limits){
		.sim = answering->sim,
		.shows = answering->shows,
		.strangers = store->conf->lookup.strangers,
		.day_limit = DAY_LIMIT,
	};
}

void
store_reply(struct store *store, const char *question,
    const struct message *message, const struct answering *answering,
    store_done *done, void *arg)
{
	struct call_variant variants[VARIANTS_MAX];
	struct call_message given;
	struct call_limits limits;
	struct answer_args args = {.question = question};

	if (message != NULL) {
		given = store_message_args(message, variants);
		limits = limits_of(store, answering);
		args.id = message->id;
		args.once = answering->once;
		args.message = &given;
		args.limits = &limits;
	}
	store_run(store, SCRIPT_ANSWER, answer_words(&args), done, arg);
}

void
store_note(struct store *store, const struct question *question,
    const char *said, store_done *done, void *arg)
{
	json_t *hashes = store_phone_hashes(store, question->phone);
	const struct answer_args args = {.question = question->id,
	    .said = said, .hashes = hashes};

	store_run(store, SCRIPT_ANSWER, answer_words(&args), done, arg);
	json_decref(hashes);
}

void
store_say(struct store *store, const struct message *message,
    const struct answering *answering, store_done *done, void *arg)
{
	struct call_variant variants[VARIANTS_MAX];
	const struct call_message given = store_message_args(message,
	    variants);
	const struct call_limits limits = limits_of(store, answering);
	const struct send_args args = {
		.id = message->id,
		.message = &given,
		.limits = &limits,
	};

	store_run(store, SCRIPT_SEND, send_words(&args), done, arg);
}
