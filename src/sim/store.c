/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Slots of TPDUs, for incoming.c and the memory commands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/store.h"

void
store_init(struct store *store, const char *name, unsigned n_slots)
{
	memset(store, 0, sizeof(*store));
	store->name = name;
	store->n_slots = n_slots;
	store->slots = xcalloc(n_slots, sizeof(*store->slots));
}

void
store_clear(struct store *store)
{
	free(store->slots);
	store->slots = NULL;
	store->n_slots = 0;
}

unsigned
store_used(const struct store *store)
{
	unsigned used = 0;

	if (store->is_full)
		return store->n_slots;
	for (unsigned i = 0; i < store->n_slots; i++)
		used += store->slots[i].state != SLOT_FREE;
	return used;
}

unsigned
store_put(struct store *store, const uint8_t *tpdu, size_t n)
{
	if (store->is_full || n > PDU_SIZE)
		return 0;
	for (unsigned i = 0; i < store->n_slots; i++) {
		struct slot *slot = &store->slots[i];

		if (slot->state != SLOT_FREE)
			continue;
		slot->state = SLOT_UNREAD;
		memcpy(slot->tpdu, tpdu, n);
		slot->n = n;
		return i + 1;
	}
	return 0;
}

struct slot *
store_slot(struct store *store, int number)
{
	struct slot *slot;

	if (number < 1 || (unsigned)number > store->n_slots)
		return NULL;
	slot = &store->slots[number - 1];
	return slot->state != SLOT_FREE ? slot : NULL;
}
