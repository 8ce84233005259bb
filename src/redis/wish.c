/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Citizens' wishes, stored under hashes of their numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/keyhash.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/inside.h"
#include "redis/script.h"
#include "redis/store.h"

#define WINDOW 100	/* dossiers in one call */

struct wish_call {
	struct store *store;
	char *phone, *word, *lang, *front, *id;
	store_done *done;
	void *arg;
};

static void call_wish(struct wish_call *);

static void
wish_call_free(struct wish_call *call)
{
	free(call->phone);
	free(call->word);
	free(call->lang);
	free(call->front);
	free(call->id);
	free(call);
}

static void
on_wished(const json_t *result, const char *error, void *arg)
{
	struct wish_call *call = arg;
	struct wish_result got;
	struct store_answer answer = {
		.message = "",
		.pool = "",
		.reason = "",
		.flood = "",
		.error = error,
	};

	wish_result_read(result, &got);
	answer.result = result != NULL ? got.result : NULL;
	store_count_states(result);
	if (got.more) {
		call_wish(call);
		return;
	}
	if (call->done != NULL)
		call->done(&answer, call->arg);
	wish_call_free(call);
}

static void
call_wish(struct wish_call *call)
{
	json_t *hashes = store_phone_hashes(call->store, call->phone);
	const struct wish_args args = {
		.word = call->word,
		.lang = call->lang,
		.front = call->front,
		.id = call->id,
		.hashes = hashes,
		.phone = call->phone,
		.window = WINDOW,
	};

	call_run(call->store->redis, call->store->conf, SCRIPT_WISH,
	    wish_words(&args), on_wished, call);
	json_decref(hashes);
}

static char *
dup(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

void
store_wish(struct store *store, const struct wish *wish, store_done *done,
    void *arg)
{
	struct wish_call *call = xcalloc(1, sizeof(*call));

	call->store = store;
	call->done = done;
	call->arg = arg;
	call->phone = dup(wish->phone);
	call->word = dup(wish->word);
	call->lang = dup(wish->lang);
	call->front = dup(wish->front);
	call->id = dup(wish->id);
	call_wish(call);
}
