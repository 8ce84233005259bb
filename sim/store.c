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
	for (unsigned i = 0; i < store->n_slots; i++)
		free(store->slots[i].shown);
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

unsigned
store_put_shown(struct store *store, const char *shown)
{
	static const uint8_t none[1];
	unsigned number = store_put(store, none, 0);

	if (number != 0)
		store->slots[number - 1].shown = xstrdup(shown);
	return number;
}

void
store_free_slot(struct slot *slot)
{
	free(slot->shown);
	slot->shown = NULL;
	slot->state = SLOT_FREE;
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
