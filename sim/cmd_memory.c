/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands about stored messages and their indications: CPMS, CNMI, CMGL,
 * CMGR, CMGD, and the settings around them (3GPP TS 27.005 §3).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "sim/commands.h"
#include "sim/modem_state.h"
#include "sim/octets.h"

#define CMGL_ALL 4

static int
run_cmgf(struct modem *modem, const struct at_command *command)
{
	/* PDU mode only, as the gateway and libgammu want it. */
	return command_int(modem, command, &modem->set.cmgf, 0, "");
}

static int
run_csms(struct modem *modem, const struct at_command *command)
{
	int result = command_int(modem, command, &modem->set.csms, 1,
	    ",1,1,1");

	if (result == RESULT_OK && command->kind == AT_SET)
		modem_say(modem, "+CSMS: 1,1,1");
	return result;
}

static int
run_cnma(struct modem *modem, const struct at_command *command)
{
	(void)command;
	return modem->set.csms == 1 ? RESULT_OK : CMS(340);
}

static int
memory_of(const char *name)
{
	if (strcmp(name, "SM") == 0)
		return MEMORY_SM;
	if (strcmp(name, "SR") == 0)
		return MEMORY_SR;
	return strcmp(name, "ME") == 0 ? MEMORY_ME : -1;
}

/* "SR" can only be read and deleted from; only some have it. */
static bool
can_use(const struct modem *modem, const char *name, int which)
{
	int memory = memory_of(name);

	return memory == MEMORY_SR
	    ? which == 0 && modem->config.brand->reports != REPORTS_IN_INBOX
	    : memory >= 0;
}

static void
show_memories(struct modem *modem, bool is_read)
{
	bool is_tight = modem->config.brand->cpms == CPMS_TIGHT;
	bool is_named = is_read || is_tight;
	char text[128];
	size_t pos = 0;

	for (int i = 0; i < 3; i++) {
		const struct store *store =
		    &modem->stores[modem->set.memory[i]];

		pos += (size_t)snprintf(text + pos, sizeof(text) - pos,
		    "%s%s%s%s%u,%u", i > 0 ? "," : "", is_named ? "\"" : "",
		    is_named ? store->name : "", is_named ? "\"," : "",
		    store_used(store), store->n_slots);
	}
	modem_say(modem, is_tight ? "+CPMS:%s" : "+CPMS: %s", text);
}

static int
run_cpms(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	bool has_sr = modem->config.brand->reports != REPORTS_IN_INBOX;

	if (command->kind == AT_TEST) {
		modem_say(modem, "+CPMS: (\"SM\",\"ME\"%s),(\"SM\",\"ME\"),"
		    "(\"SM\",\"ME\")", has_sr ? ",\"SR\"" : "");
		return RESULT_OK;
	}
	if (command->kind == AT_EXEC)
		return CMS(302);
	for (int i = 0; command->kind == AT_SET && i < 3; i++) {
		char name[8];
		enum at_arg found = at_arg_string(&cursor, name, sizeof(name));

		if (found == AT_ARG_BAD || (i == 0 && found == AT_ARG_NONE) ||
		    (found == AT_ARG_GIVEN && !can_use(modem, name, i)))
			return CMS(302);
		if (found == AT_ARG_GIVEN)
			modem->set.memory[i] = (enum memory)memory_of(name);
	}
	if (command->kind == AT_READ || modem->config.brand->cpms != CPMS_BARE)
		show_memories(modem, command->kind == AT_READ);
	if (command->kind == AT_SET)
		incoming_pump(modem);
	return RESULT_OK;
}

static int
run_cnmi(struct modem *modem, const struct at_command *command)
{
	static const int max[] = {2, 3, 3, 2, 1};
	const char *cursor = command->args;
	int *now = modem->set.cnmi;
	int value[5] = {0};

	switch (command->kind) {
	case AT_TEST:
		modem_say(modem, "+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)");
		return RESULT_OK;
	case AT_READ:
		modem_say(modem, "+CNMI: %d,%d,%d,%d,%d", now[0], now[1],
		    now[2], now[3], now[4]);
		return RESULT_OK;
	case AT_EXEC:
	case AT_SET:
		break;
	}
	for (int i = 0; i < 5; i++) {
		if (at_arg_int(&cursor, &value[i]) == AT_ARG_BAD ||
		    value[i] > max[i])
			return CMS(302);
	}
	memcpy(now, value, sizeof(value));
	modem_final(modem, RESULT_OK);
	incoming_pump(modem);
	return RESULT_LATER;
}

static void
show_slot(struct modem *modem, struct slot *slot, const char *head)
{
	uint8_t octets[ADDRESS_SIZE + PDU_SIZE];
	char hex[2 * sizeof(octets) + 1];
	size_t n = smsc_encode(modem->csca, octets);

	if (slot->shown != NULL) {
		modem_say(modem, "%s%s", head, slot->shown);
		return;
	}
	memcpy(octets + n, slot->tpdu, slot->n);
	hex_encode(octets, n + slot->n, hex);
	modem_say(modem, "%s%d,,%zu\r\n%s", head,
	    slot->state == SLOT_UNREAD ? 0 : 1, slot->n, hex);
	slot->state = SLOT_READ;
}

static unsigned
first_index(const struct modem *modem)
{
	return modem->config.brand->counts_from_0 ? 0 : 1;
}

static struct store *
reading(struct modem *modem)
{
	return &modem->stores[modem->set.memory[0]];
}

static int
run_cmgl(struct modem *modem, const struct at_command *command)
{
	struct store *store = reading(modem);
	const char *cursor = command->args;
	int wanted = 0;

	if (command->kind == AT_TEST) {
		modem_say(modem, "+CMGL: (0-4)");
		return RESULT_OK;
	}
	if (at_arg_int(&cursor, &wanted) == AT_ARG_BAD || wanted > CMGL_ALL)
		return CMS(302);
	for (unsigned i = 0; i < store->n_slots; i++) {
		struct slot *slot = &store->slots[i];
		char head[32];

		if (slot->state == SLOT_FREE ||
		    (wanted == 0 && slot->state != SLOT_UNREAD) ||
		    (wanted == 1 && slot->state != SLOT_READ) || wanted == 2 ||
		    wanted == 3)
			continue;
		(void)snprintf(head, sizeof(head), "+CMGL: %u,",
		    i + first_index(modem));
		show_slot(modem, slot, head);
	}
	return RESULT_OK;
}

static int
run_cmgr(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	struct slot *slot;
	int number = 0;

	if (command->kind == AT_TEST)
		return RESULT_OK;
	if (at_arg_int(&cursor, &number) != AT_ARG_GIVEN)
		return CMS(302);
	slot = store_slot(reading(modem), number + 1 -
	    (int)first_index(modem));
	if (slot == NULL)
		return CMS(321);
	show_slot(modem, slot, "+CMGR: ");
	return RESULT_OK;
}

static int
run_cmgd(struct modem *modem, const struct at_command *command)
{
	struct store *store = reading(modem);
	const char *cursor = command->args;
	int number = 0, flag = 0;

	if (command->kind == AT_TEST) {
		modem_say(modem, "+CMGD: (%u-%u),(0-4)", first_index(modem),
		    store->n_slots - 1 + first_index(modem));
		return RESULT_OK;
	}
	if (at_arg_int(&cursor, &number) != AT_ARG_GIVEN ||
	    at_arg_int(&cursor, &flag) == AT_ARG_BAD || flag > 4)
		return CMS(302);
	number += 1 - (int)first_index(modem);
	if (flag == 0) {
		if (number < 1 || (unsigned)number > store->n_slots)
			return CMS(321);
		if (store->keeps)
			return RESULT_OK;
		store_free_slot(&store->slots[number - 1]);
	}
	for (unsigned i = 0; flag > 0 && i < store->n_slots; i++) {
		if (flag == 4 || store->slots[i].state == SLOT_READ)
			store_free_slot(&store->slots[i]);
	}
	modem_final(modem, RESULT_OK);
	modem->has_told_full = false;
	incoming_pump(modem);
	return RESULT_LATER;
}

const struct at_handler *
cmd_memory_table(void)
{
	static const struct at_handler table[] = {
	    {"+CMGF", NEEDS_NOTHING, run_cmgf},
	    {"+CSMS", NEEDS_NOTHING, run_csms},
	    {"+CNMA", NEEDS_NOTHING, run_cnma},
	    {"+CPMS", NEEDS_PIN_SMS, run_cpms},
	    {"+CNMI", NEEDS_NOTHING, run_cnmi},
	    {"+CMGL", NEEDS_PIN_SMS, run_cmgl},
	    {"+CMGR", NEEDS_PIN_SMS, run_cmgr},
	    {"+CMGD", NEEDS_PIN_SMS, run_cmgd},
	    {NULL, NEEDS_NOTHING, NULL},
	};

	return table;
}
