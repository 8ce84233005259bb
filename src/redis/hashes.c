/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hashes under which Redis may know a phone: one per key.
 */
#include "base/keyhash.h"
#include "redis/inside.h"
#include "redis/store.h"

json_t *
store_phone_hashes(const struct store *store, const char *phone)
{
	json_t *hashes = json_array();
	char hash[KEYHASH_SIZE];

	for (size_t i = 0; i < keyhash_count(store->keyhash); i++)
		json_array_append_new(hashes, json_string(keyhash_at(
		    store->keyhash, i, "phone", phone, hash)));
	return hashes;
}
