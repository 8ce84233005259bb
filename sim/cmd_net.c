/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands about the network: registration on circuit, packet and LTE side,
 * operator, signal (3GPP TS 27.007 §7, §8.5, §10.1).
 */
#include <stdlib.h>
#include <string.h>

#include "sim/commands.h"
#include "sim/modem_state.h"

#define OPERATOR_LONG  "Baotin Network"
#define OPERATOR_SHORT "Baotin"
#define ACT_LTE	       7

/* +CREG, +CGREG, +CEREG differ in the name only. */
static int
registration(struct modem *modem, const struct at_command *command, int which)
{
	int mode = modem->set.creg[which];

	if (command->kind != AT_READ)
		return command_int(modem, command, &modem->set.creg[which], 2,
		    "");
	if (mode == 2 && modem_can_reach(modem))
		modem_say(modem, "%s: %d,%d,\"1A2B\",\"01C3D4E5\",%d",
		    command->name, mode, modem_stat(modem), ACT_LTE);
	else
		modem_say(modem, "%s: %d,%d", command->name, mode,
		    modem_stat(modem));
	return RESULT_OK;
}

static int
run_creg(struct modem *modem, const struct at_command *command)
{
	return registration(modem, command, 0);
}

static int
run_cgreg(struct modem *modem, const struct at_command *command)
{
	return registration(modem, command, 1);
}

static int
run_cereg(struct modem *modem, const struct at_command *command)
{
	return registration(modem, command, 2);
}

static int
run_cgatt(struct modem *modem, const struct at_command *command)
{
	return command_int(modem, command, &modem->set.cgatt, 1, "");
}

static int
run_csq(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_TEST)
		modem_say(modem, "+CSQ: (0-31,99),(0-7,99)");
	else
		modem_say(modem, "+CSQ: %u,99",
		    modem->set.cfun == 1 ? modem->csq : 99);
	return RESULT_OK;
}

static int
show_operator(struct modem *modem)
{
	char *name;

	if (!modem_can_reach(modem)) {
		modem_say(modem, "+COPS: 0");
		return RESULT_OK;
	}
	if (modem->set.cops_format == 2) {
		modem_say(modem, "+COPS: 0,2,\"%.5s\",%d", modem->config.imsi,
		    ACT_LTE);
		return RESULT_OK;
	}
	name = modem_to_cscs(modem,
	    modem->set.cops_format == 1 ? OPERATOR_SHORT : OPERATOR_LONG);
	modem_say(modem, "+COPS: 0,%d,\"%s\",%d", modem->set.cops_format, name,
	    ACT_LTE);
	free(name);
	return RESULT_OK;
}

static int
run_cops(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	int mode = 0, format = modem->set.cops_format;

	switch (command->kind) {
	case AT_TEST:
		modem_say(modem,
		    "+COPS: (2,\"%s\",\"%s\",\"%.5s\",%d),,(0,3),(0-2)",
		    OPERATOR_LONG, OPERATOR_SHORT, modem->config.imsi, ACT_LTE);
		return RESULT_OK;
	case AT_READ:
		return show_operator(modem);
	case AT_EXEC:
		return CME(50);
	case AT_SET:
		break;
	}
	if (at_arg_int(&cursor, &mode) != AT_ARG_GIVEN ||
	    at_arg_int(&cursor, &format) == AT_ARG_BAD || format > 2)
		return CME(50);
	if (mode != 0 && mode != 3)
		return CME(3);
	modem->set.cops_format = format;
	return RESULT_OK;
}

const struct at_handler *
cmd_net_table(void)
{
	static const struct at_handler table[] = {
	    {"+CREG", NEEDS_NOTHING, run_creg},
	    {"+CGREG", NEEDS_NOTHING, run_cgreg},
	    {"+CEREG", NEEDS_NOTHING, run_cereg},
	    {"+CGATT", NEEDS_NOTHING, run_cgatt},
	    {"+CSQ", NEEDS_NOTHING, run_csq},
	    {"+COPS", NEEDS_NOTHING, run_cops},
	    {NULL, NEEDS_NOTHING, NULL},
	};

	return table;
}
