/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What citizens want of us, under hashes of their numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/keyhash.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/inside.h"
#include "redis/script.h"
#include "redis/store.h"

#define WINDOW 100	/* dossiers of one run of the script */

struct wish_call {
	struct store *store;
	json_t *args;
	store_done *done;
	void *arg;
};

static void run(struct wish_call *);

static void
on_wished(const json_t *result, const char *error, void *arg)
{
	struct wish_call *call = arg;
	struct store_answer answer = {
		.result = result != NULL ? store_word(result, "result") : NULL,
		.message = "",
		.pool = "",
		.reason = "",
		.flood = "",
		.error = error,
	};

	store_count_states(result);
	if (json_is_true(json_object_get(result, "more"))) {
		run(call);
		return;
	}
	if (call->done != NULL)
		call->done(&answer, call->arg);
	json_decref(call->args);
	free(call);
}

static void
run(struct wish_call *call)
{
	script_run(call->store->redis, call->store->conf, SCRIPT_WISH,
	    json_incref(call->args), on_wished, call);
}

void
store_wish(struct store *store, const struct wish *wish, store_done *done,
    void *arg)
{
	struct wish_call *call = xcalloc(1, sizeof(*call));

	call->store = store;
	call->done = done;
	call->arg = arg;
	call->args = json_pack("{ss ss ss si so}", "phone", wish->phone,
	    "word", wish->word, "front", wish->front, "window", WINDOW,
	    "hashes", store_phone_hashes(store, wish->phone));
	if (call->args == NULL)
		abort();	/* json_pack: a mistake of ours */
	if (wish->id != NULL)
		json_object_set_new(call->args, "id", json_string(wish->id));
	if (wish->lang != NULL)
		json_object_set_new(call->args, "lang",
		    json_string(wish->lang));
	run(call);
}
