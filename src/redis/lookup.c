/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sends questions and dialogues to Redis and reads the answers.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "redis/inside.h"
#include "redis/lookup.h"
#include "redis/redis.h"
#include "redis/script.h"
#include "redis/store.h"

void
store_ask(struct store *store, const struct store_question *q,
    store_told *told, void *arg)
{
	json_t *hashes = store_phone_hashes(store, q->phone);
	const struct ask_args args = {
		.who = q->who,
		.phone = q->phone,
		.hashes = hashes,
		.is_own = q->key == NULL,
		.key = q->key,
		.digits = q->digits,
		.is_digits = q->is_digits,
		.factor = q->has_factor,
		.is_free = q->is_free,
		.is_probe = q->is_probe,
		.first = q->first,
		.count = q->count,
		.front = q->front,
		.text = q->text,
		.ten_minutes = store->conf->lookup.ten_minutes,
		.day = store->conf->lookup.day,
	};

	call_run(store->redis, store->conf, SCRIPT_ASK, ask_words(&args),
	    told, arg);
	json_decref(hashes);
}

static void
on_asked(const json_t *result, const char *error, void *arg)
{
	(void)result;
	(void)error;	/* the question then still counts as wrong */
	(void)arg;
}

void
store_asked(struct store *store, const struct store_question *q,
    const json_t *result)
{
	struct ask_result answer;
	struct asked_args args;

	ask_result_read(result, &answer);
	args = (struct asked_args){
		.who = q->who,
		.hour = answer.hour,
		.complain = answer.complain,
		.wrong = answer.wrong,
	};
	call_run(store->redis, store->conf, SCRIPT_ASKED, asked_words(&args),
	    on_asked, NULL);
}

bool
store_is_up(const struct store *store)
{
	return redis_is_up(store->redis);
}

struct dialogue_call {
	store_dialogue *done;
	void *arg;
};

static void
on_dialogue(const json_t *reply, const char *error, void *arg)
{
	struct dialogue_call call = *(struct dialogue_call *)arg;

	free(arg);
	call.done(json_string_value(reply), error, call.arg);
}

void
store_dialogue_get(struct store *store, const char *who,
    store_dialogue *done, void *arg)
{
	struct dialogue_call *call = xcalloc(1, sizeof(*call));
	char name[128];

	call->done = done;
	call->arg = arg;
	(void)snprintf(name, sizeof(name), "~dialogue:%s", who);
	redis_queryl(store->redis, on_dialogue, call, "GET", name,
	    (char *)NULL);
}

static void
on_dialogue_set(const json_t *reply, const char *error, void *arg)
{
	(void)reply;
	(void)error;	/* the next step then begins from the start */
	(void)arg;
}

void
store_dialogue_set(struct store *store, const char *who, const char *text,
    int64_t ttl_ms)
{
	char name[128], ttl[24];

	(void)snprintf(name, sizeof(name), "~dialogue:%s", who);
	(void)snprintf(ttl, sizeof(ttl), "%lld", (long long)ttl_ms);
	redis_queryl(store->redis, on_dialogue_set, NULL, "SET", name, text,
	    "PX", ttl, (char *)NULL);
}
