/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds keys of hashes that Redis uses and that we may lack: keys.lua.
 */
#include <stdlib.h>
#include <string.h>

#include "base/keyhash.h"
#include "base/mem.h"
#include "redis/inside.h"
#include "redis/keys.h"
#include "redis/script.h"

struct keys_call {
	struct store *store;
	bool accept;
	store_keys_done *done;
	void *arg;
};

static void ask_keys(struct keys_call *, const char *cursor);

static void
on_keys(const json_t *result, const char *error, void *arg)
{
	struct keys_call *call = arg;
	struct keys_result answer;

	keys_result_read(result, &answer);
	if (strcmp(answer.result, "more") == 0) {
		ask_keys(call, answer.cursor);
		return;
	}
	call->done(result != NULL ? answer.foreign : NULL, error, call->arg);
	free(call);
}

static void
ask_keys(struct keys_call *call, const char *cursor)
{
	const struct keyhash *kh = call->store->keyhash;
	json_t *ids = json_array();
	const struct keys_args args = {
		.ids = ids,
		.accept = call->accept,
		.cursor = cursor,
	};

	for (size_t i = 0; i < keyhash_count(kh); i++)
		json_array_append_new(ids, json_string(keyhash_id(kh, i)));
	call_run(call->store->redis, call->store->conf, SCRIPT_KEYS,
	    keys_words(&args), on_keys, call);
	json_decref(ids);
}

void
store_keys(struct store *store, bool accept, store_keys_done *done, void *arg)
{
	struct keys_call *call = xcalloc(1, sizeof(*call));

	call->store = store;
	call->accept = accept;
	call->done = done;
	call->arg = arg;
	ask_keys(call, "0");
}
