/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Questions and dialogues to Redis and back.
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
	json_t *args = json_pack("{ss ss so sb sb sb sI sI sI sI}",
	    "who", q->who, "phone", q->phone, "hashes",
	    store_phone_hashes(store, q->phone), "id4", q->has_id4,
	    "is_free", q->is_free, "is_probe", q->is_probe,
	    "first", (json_int_t)q->first, "count", (json_int_t)q->count,
	    "ten_minutes", (json_int_t)store->conf->lookup.ten_minutes,
	    "day", (json_int_t)store->conf->lookup.day);

	if (q->text != NULL)
		json_object_set_new(args, "text", json_string(q->text));
	if (q->key != NULL) {
		json_object_set_new(args, "key", json_string(q->key));
		json_object_set_new(args, "digits", json_string(q->digits));
		json_object_set_new(args, "is_digits",
		    json_boolean(q->is_digits));
	}
	script_run(store->redis, store->conf, SCRIPT_ASK, args, told, arg);
}

static void
on_asked(const json_t *result, const char *error, void *arg)
{
	(void)result;
	(void)error;	/* then it goes on counting as wrong */
	(void)arg;
}

void
store_asked(struct store *store, const struct store_question *q,
    const json_t *result)
{
	script_run(store->redis, store->conf, SCRIPT_ASKED,
	    json_pack("{ss sO* sO* sO*}", "who", q->who,
	    "wrong", json_object_get(result, "wrong"),
	    "hour", json_object_get(result, "hour"), "complain",
	    json_object_get(result, "complain")), on_asked, NULL);
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
	(void)error;	/* then the next step begins anew */
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
