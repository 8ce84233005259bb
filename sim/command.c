/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A command line: finds each command in the tables of cmd_*.c, checks what
 * it needs of the SIM, counts it and runs it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sim/commands.h"
#include "sim/modem_state.h"
#include "sim/own.h"

static const struct at_handler *
find_handler(const char *name)
{
	const struct at_handler *const tables[] = {
	    cmd_general_table(),
	    cmd_sim_table(),
	    cmd_net_table(),
	    cmd_memory_table(),
	    cmd_send_table(),
	    cmd_call_table(),
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		for (const struct at_handler *h = tables[i]; h->name != NULL;
		    h++) {
			if (strcmp(h->name, name) == 0)
				return h;
		}
	}
	return NULL;
}

static void
count_command(struct modem *modem, const char *name)
{
	modem->commands++;
	for (size_t i = 0; i < COMMAND_COUNTS; i++) {
		struct command_count *slot = &modem->counts[i];

		if (slot->name[0] == '\0')
			(void)snprintf(slot->name, sizeof(slot->name), "%s",
			    name);
		if (strcmp(slot->name, name) == 0) {
			slot->n++;
			return;
		}
	}
}

int
command_int(struct modem *modem, const struct at_command *command, int *field,
    int max, const char *more)
{
	const char *cursor = command->args;
	int value = 0;

	switch (command->kind) {
	case AT_TEST:
		if (max > 0)
			modem_say(modem, "%s: (0-%d)", command->name, max);
		else
			modem_say(modem, "%s: (0)", command->name);
		return RESULT_OK;
	case AT_READ:
		modem_say(modem, "%s: %d%s", command->name, *field, more);
		return RESULT_OK;
	case AT_EXEC:
		break;
	case AT_SET:
		if (at_arg_int(&cursor, &value) == AT_ARG_BAD || value > max)
			return CME(50);
		break;
	}
	*field = value;
	return RESULT_OK;
}

static int
check_sim(const struct modem *modem, enum at_needs needs)
{
	bool is_sms = needs == NEEDS_PIN_SMS;

	if (needs == NEEDS_NOTHING)
		return RESULT_OK;
	switch (modem->sim_state) {
	case SIM_ABSENT:
		return is_sms ? CMS(310) : CME(10);
	case SIM_PIN:
		if (needs != NEEDS_SIM)
			return is_sms ? CMS(311) : CME(11);
		break;
	case SIM_PUK:
		if (needs != NEEDS_SIM)
			return is_sms ? CMS(316) : CME(12);
		break;
	case SIM_READY:
		break;
	}
	return RESULT_OK;
}

static int
run_handler(struct modem *modem, const struct at_command *command)
{
	const struct at_handler *handler = find_handler(command->name);
	int result;

	if (own_run(modem, command, &result)) {
		count_command(modem, command->name);
		return result;
	}
	if (handler == NULL) {
		modem->unknown++;
		return RESULT_ERROR;
	}
	count_command(modem, command->name);
	result = check_sim(modem, handler->needs);
	return result != RESULT_OK ? result : handler->run(modem, command);
}

void
command_run_line(struct modem *modem, const char *line)
{
	const char *cursor = at_line_body(line);
	struct at_command command;
	int result = RESULT_OK;

	if (cursor == NULL)
		return;
	modem->sending.command_us = modem->sending.is_under_way
	    ? modem->sending.command_us : clock_mono_us();
	if (strcmp(modem->mute, "*") == 0)
		return;
	while (result == RESULT_OK) {
		enum at_arg found = at_next(&cursor, &command);

		if (found == AT_ARG_NONE)
			break;
		if (found == AT_ARG_GIVEN &&
		    strcmp(modem->mute, command.name) == 0) {
			count_command(modem, command.name);
			return;
		}
		result = found == AT_ARG_BAD ? RESULT_ERROR
					     : run_handler(modem, &command);
	}
	modem_final(modem, result);
}
