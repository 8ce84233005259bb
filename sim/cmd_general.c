/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands about the modem itself: V.250 basics, identification, character
 * set, power (3GPP TS 27.007 §5, §8).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/commands.h"
#include "sim/modem_state.h"

#define MANUFACTURER "Baotin"
#define MODEL	     "SIM-LTE"
#define REVISION     "SIM-LTE-" PACKAGE_VERSION

static int
digit_setting(const struct at_command *command, int *field)
{
	if (command->args[0] == '\0' || strcmp(command->args, "0") == 0)
		*field = 0;
	else if (strcmp(command->args, "1") == 0)
		*field = 1;
	else
		return RESULT_ERROR;
	return RESULT_OK;
}

static int
run_e(struct modem *modem, const struct at_command *command)
{
	return digit_setting(command, &modem->set.echo);
}

static int
run_v(struct modem *modem, const struct at_command *command)
{
	return digit_setting(command, &modem->set.verbose);
}

/* Settings of a data line that an SMS modem takes and does not need. */
static int
run_accepted(struct modem *modem, const struct at_command *command)
{
	(void)modem;
	(void)command;
	return RESULT_OK;
}

static int
run_z(struct modem *modem, const struct at_command *command)
{
	int cfun = modem->set.cfun;

	(void)command;
	modem_reset(modem);
	modem->set.cfun = cfun;
	return RESULT_OK;
}

static const char *
maker(const struct modem *modem)
{
	const char *name = modem->config.brand->maker;

	return name != NULL ? name : MANUFACTURER;
}

static const char *
model(const struct modem *modem)
{
	const char *name = modem->config.brand->model;

	return name != NULL ? name : MODEL;
}

static int
run_i(struct modem *modem, const struct at_command *command)
{
	(void)command;
	modem_say(modem, "%s\r\n%s\r\nRevision: %s", maker(modem),
	    model(modem), REVISION);
	return RESULT_OK;
}

static int
show_setting(struct modem *modem, const struct at_command *command,
    const char *value)
{
	switch (command->kind) {
	case AT_EXEC:
		modem_say(modem, "%s", value);
		return RESULT_OK;
	case AT_TEST:
		return RESULT_OK;
	case AT_READ:
	case AT_SET:
		break;
	}
	return CME(50);
}

static int
run_cgmi(struct modem *modem, const struct at_command *command)
{
	return show_setting(modem, command, maker(modem));
}

static int
run_cgmm(struct modem *modem, const struct at_command *command)
{
	return show_setting(modem, command, model(modem));
}

static int
run_cgmr(struct modem *modem, const struct at_command *command)
{
	return show_setting(modem, command, REVISION);
}

static int
run_cgsn(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_SET && strcmp(command->args, "1") == 0) {
		modem_say(modem, "+CGSN: \"%s\"", modem->config.imei);
		return RESULT_OK;
	}
	return show_setting(modem, command, modem->config.imei);
}

static int
run_cmee(struct modem *modem, const struct at_command *command)
{
	return command_int(modem, command, &modem->set.cmee, 2, "");
}

/* ("IRA","GSM") of "IRA GSM". */
static int
show_sets(struct modem *modem, const char *known)
{
	char text[64];
	size_t n = 0;

	for (; *known != '\0' && n + 4 < sizeof(text); known++) {
		if (*known != ' ') {
			text[n++] = *known;
			continue;
		}
		memcpy(text + n, "\",\"", 3);
		n += 3;
	}
	text[n] = '\0';
	modem_say(modem, "+CSCS: (\"%s\")", text);
	return RESULT_OK;
}

static int
run_cscs(struct modem *modem, const struct at_command *command)
{
	static const char *const sets[] = {"IRA", "GSM", "UCS2"};
	const char *known = modem->config.brand->cscs;
	const char *cursor = command->args;
	char *name = NULL;
	char arg[24];
	int result = CME(50);

	switch (command->kind) {
	case AT_TEST:
		return show_sets(modem, known);
	case AT_READ:
		modem_say(modem, "+CSCS: \"%s\"", modem->set.cscs);
		return RESULT_OK;
	case AT_EXEC:
		return CME(50);
	case AT_SET:
		break;
	}
	if (at_arg_string(&cursor, arg, sizeof(arg)) != AT_ARG_GIVEN)
		return CME(50);
	/* From UCS2 back, the name may come in either form. */
	name = modem_from_cscs(modem, arg);
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		if (strstr(known, sets[i]) != NULL &&
		    (strcmp(arg, sets[i]) == 0 ||
		    (name != NULL && strcmp(name, sets[i]) == 0))) {
			(void)strcpy(modem->set.cscs, sets[i]);
			result = RESULT_OK;
			break;
		}
	}
	free(name);
	return result;
}

static int
run_cfun(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	int fun = 0, resets = 0;

	switch (command->kind) {
	case AT_TEST:
		modem_say(modem, "+CFUN: (0,1,4),(0,1)");
		return RESULT_OK;
	case AT_READ:
		modem_say(modem, "+CFUN: %d", modem->set.cfun);
		return RESULT_OK;
	case AT_EXEC:
		return CME(50);
	case AT_SET:
		break;
	}
	if (at_arg_int(&cursor, &fun) != AT_ARG_GIVEN ||
	    at_arg_int(&cursor, &resets) == AT_ARG_BAD || resets > 1 ||
	    (fun != 0 && fun != 1 && fun != 4))
		return CME(50);
	if (resets) {
		modem_final(modem, RESULT_OK);
		modem_restart(modem);
		modem->set.cfun = fun;
		return RESULT_LATER;
	}
	if (fun == 1 && modem->set.cfun != 1 &&
	    modem->mute_until == MUTE_TO_CFUN)
		modem->mute[0] = '\0';
	modem->set.cfun = fun;
	incoming_pump(modem);
	return RESULT_OK;
}

static int
run_cbc(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_EXEC)
		modem_say(modem, "+CBC: 0,100,4100");
	return RESULT_OK;
}

static int
run_cpas(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_EXEC)
		modem_say(modem, "+CPAS: %d",
		    modem->is_answered ? 4 : modem->is_ringing ? 3 : 0);
	return RESULT_OK;
}

static int
run_gcap(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_EXEC)
		modem_say(modem, "+GCAP: +CGSM");
	return RESULT_OK;
}

const struct at_handler *
cmd_general_table(void)
{
	static const struct at_handler table[] = {
	    {"E", NEEDS_NOTHING, run_e},
	    {"V", NEEDS_NOTHING, run_v},
	    {"Q", NEEDS_NOTHING, run_accepted},
	    {"S", NEEDS_NOTHING, run_accepted},
	    {"X", NEEDS_NOTHING, run_accepted},
	    {"&C", NEEDS_NOTHING, run_accepted},
	    {"&D", NEEDS_NOTHING, run_accepted},
	    {"&K", NEEDS_NOTHING, run_accepted},
	    {"&W", NEEDS_NOTHING, run_accepted},
	    {"Z", NEEDS_NOTHING, run_z},
	    {"&F", NEEDS_NOTHING, run_z},
	    {"I", NEEDS_NOTHING, run_i},
	    {"+CGMI", NEEDS_NOTHING, run_cgmi},
	    {"+GMI", NEEDS_NOTHING, run_cgmi},
	    {"+CGMM", NEEDS_NOTHING, run_cgmm},
	    {"+GMM", NEEDS_NOTHING, run_cgmm},
	    {"+CGMR", NEEDS_NOTHING, run_cgmr},
	    {"+GMR", NEEDS_NOTHING, run_cgmr},
	    {"+CGSN", NEEDS_NOTHING, run_cgsn},
	    {"+GSN", NEEDS_NOTHING, run_cgsn},
	    {"+GCAP", NEEDS_NOTHING, run_gcap},
	    {"+CMEE", NEEDS_NOTHING, run_cmee},
	    {"+CSCS", NEEDS_NOTHING, run_cscs},
	    {"+CFUN", NEEDS_NOTHING, run_cfun},
	    {"+CBC", NEEDS_NOTHING, run_cbc},
	    {"+CPAS", NEEDS_NOTHING, run_cpas},
	    {NULL, NEEDS_NOTHING, NULL},
	};

	return table;
}
