/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A message memory of the modem ("SM", "ME"): numbered slots from 1.
 */
#ifndef SIM_STORE_H
#define SIM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/pdu.h"

enum slot_state {
	SLOT_FREE,
	SLOT_UNREAD,
	SLOT_READ,
};

#define SHOWN_SIZE 800

struct slot {
	enum slot_state state;
	char *shown; /* behind "+CMGL: <index>,", as it is; NULL: the TPDU */
	uint8_t tpdu[PDU_SIZE];
	size_t n;
};

struct store {
	const char *name;
	unsigned n_slots;
	struct slot *slots;
	bool is_full; /* made to look full from outside */
	bool keeps; /* says that it deletes, and does not */
};

void store_init(struct store *, const char *name, unsigned n_slots);
void store_clear(struct store *);

/* Slots in use; all of them when the store is made to look full. */
unsigned store_used(const struct store *);

/* Returns the slot's number, or 0: full. */
unsigned store_put(struct store *, const uint8_t *tpdu, size_t n);

/* The same of a message that is shown as it stands. */
unsigned store_put_shown(struct store *, const char *shown);

/* Forgets what is in it. */
void store_free_slot(struct slot *);

/* NULL: no such slot, or nothing in it. */
struct slot *store_slot(struct store *, int number);

#endif
