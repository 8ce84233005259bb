/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages whose retention is over: sweep.lua lists them. This file turns their
 * numbers into hashes, which no Redis function can do without the key.
 */
#include <stdlib.h>

#include "base/keyhash.h"
#include "base/mem.h"
#include "redis/inside.h"
#include "redis/script.h"

static void
on_retired(const json_t *result, const char *error, void *arg)
{
	(void)result;
	(void)error;	/* the next sweep lists them again */
	(void)arg;
}

/* Reads one row {id, phone}. hash has KEYHASH_SIZE octets. Returns false when
 * it is no such row. */
static bool
read_row(const struct store *store, const json_t *row,
    struct call_retiring *out, char *hash)
{
	const char *phone = json_string_value(json_array_get(row, 1));

	out->id = json_string_value(json_array_get(row, 0));
	if (out->id == NULL || phone == NULL)
		return false;
	out->hash = keyhash_make(store->keyhash, "phone", phone, hash);
	return true;
}

void
store_retire(struct store *store, const json_t *due)
{
	size_t n = json_array_size(due);
	struct call_retiring *rows = xcalloc(n, sizeof(*rows));
	char (*hashes)[KEYHASH_SIZE] = xcalloc(n, sizeof(*hashes));
	struct retire_args args = {.messages = rows};

	for (size_t i = 0; i < n; i++)
		if (read_row(store, json_array_get(due, i),
		    &rows[args.n_messages], hashes[args.n_messages]))
			args.n_messages++;
	call_run(store->redis, store->conf, SCRIPT_RETIRE,
	    retire_words(&args), on_retired, NULL);
	free(hashes);
	free(rows);
}
