/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages whose retention is over: sweep.lua names them, here their numbers
 * become hashes, which no script can make without the key.
 */
#include <stdlib.h>

#include "base/keyhash.h"
#include "redis/inside.h"
#include "redis/script.h"

static void
on_retired(const json_t *result, const char *error, void *arg)
{
	(void)result;
	(void)error;	/* the next sweep names them again */
	(void)arg;
}

void
store_retire(struct store *store, const json_t *due)
{
	json_t *messages = json_array();
	char hash[KEYHASH_SIZE];

	for (size_t i = 0; i < json_array_size(due); i++) {
		const json_t *row = json_array_get(due, i);
		const char *id = json_string_value(json_array_get(row, 0));
		const char *phone = json_string_value(json_array_get(row, 1));

		if (id != NULL && phone != NULL)
			json_array_append_new(messages, json_pack("[ss]", id,
			    keyhash_make(store->keyhash, "phone", phone,
			    hash)));
	}
	script_run(store->redis, store->conf, SCRIPT_RETIRE,
	    json_pack("{so}", "messages", messages), on_retired, NULL);
}
