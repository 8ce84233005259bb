/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands about stored messages and their indications: CPMS, CNMI, CMGL,
 * CMGR, CMGD, and the settings around them (3GPP TS 27.005 §3).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

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
	return strcmp(name, "ME") == 0 ? MEMORY_ME : -1;
}

static int
run_cpms(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	char text[128] = "+CPMS: ";
	size_t pos = strlen(text);

	if (command->kind == AT_TEST) {
		modem_say(modem, "+CPMS: (\"SM\",\"ME\"),(\"SM\",\"ME\"),"
		    "(\"SM\",\"ME\")");
		return RESULT_OK;
	}
	if (command->kind == AT_EXEC)
		return CMS(302);
	for (int i = 0; command->kind == AT_SET && i < 3; i++) {
		char name[8];
		enum at_arg found = at_arg_string(&cursor, name, sizeof(name));

		if (found == AT_ARG_BAD || (i == 0 && found == AT_ARG_NONE) ||
		    (found == AT_ARG_GIVEN && memory_of(name) < 0))
			return CMS(302);
		if (found == AT_ARG_GIVEN)
			modem->set.memory[i] = (enum memory)memory_of(name);
	}
	for (int i = 0; i < 3; i++) {
		const struct store *store =
		    &modem->stores[modem->set.memory[i]];
		bool is_read = command->kind == AT_READ;

		pos += (size_t)snprintf(text + pos, sizeof(text) - pos,
		    "%s%s%s%s%u,%u", i > 0 ? "," : "", is_read ? "\"" : "",
		    is_read ? store->name : "", is_read ? "\"," : "",
		    store_used(store), store->n_slots);
	}
	modem_say(modem, "%s", text);
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

	memcpy(octets + n, slot->tpdu, slot->n);
	hex_encode(octets, n + slot->n, hex);
	modem_say(modem, "%s%d,,%zu\r\n%s", head,
	    slot->state == SLOT_UNREAD ? 0 : 1, slot->n, hex);
	slot->state = SLOT_READ;
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
		(void)snprintf(head, sizeof(head), "+CMGL: %u,", i + 1);
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
	slot = store_slot(reading(modem), number);
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
		modem_say(modem, "+CMGD: (1-%u),(0-4)", store->n_slots);
		return RESULT_OK;
	}
	if (at_arg_int(&cursor, &number) != AT_ARG_GIVEN ||
	    at_arg_int(&cursor, &flag) == AT_ARG_BAD || flag > 4)
		return CMS(302);
	if (flag == 0) {
		if (number < 1 || (unsigned)number > store->n_slots)
			return CMS(321);
		if (store->keeps)
			return RESULT_OK;
		store->slots[number - 1].state = SLOT_FREE;
	}
	for (unsigned i = 0; flag > 0 && i < store->n_slots; i++) {
		if (flag == 4 || store->slots[i].state == SLOT_READ)
			store->slots[i].state = SLOT_FREE;
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
