/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands about the SIM card: state, PIN and its tries, identities
 * (3GPP TS 27.007 §8.3, §5.6; CCID and CPINR as LTE modems have them).
 */
#include <stdio.h>
#include <string.h>

#include "sim/commands.h"
#include "sim/modem_state.h"
#include "sim/own.h"

#define PUK_TRIES 10

static int
show_state(struct modem *modem)
{
	if (modem->cpin[0] != '\0') {
		modem_say(modem, "+CPIN: %s", modem->cpin);
		return RESULT_OK;
	}
	switch (modem->sim_state) {
	case SIM_ABSENT:
		return CME(10);
	case SIM_READY:
		modem_say(modem, "+CPIN: READY");
		break;
	case SIM_PIN:
		modem_say(modem, "+CPIN: SIM PIN");
		break;
	case SIM_PUK:
		modem_say(modem, "+CPIN: SIM PUK");
		break;
	}
	return RESULT_OK;
}

static int
unlocked(struct modem *modem)
{
	modem->pin_tries = 3;
	modem->sim_state = SIM_READY;
	incoming_pump(modem);
	return RESULT_OK;
}

static int
try_pin(struct modem *modem, const char *pin)
{
	if (strcmp(pin, modem->config.pin) == 0)
		return unlocked(modem);
	if (--modem->pin_tries == 0)
		modem->sim_state = SIM_PUK;
	return modem->sim_state == SIM_PUK ? CME(12) : CME(16);
}

/* Any PUK of eight digits but 00000000 is right. */
static int
try_puk(struct modem *modem, const char *puk, const char *pin)
{
	if (strlen(puk) == 8 && strspn(puk, "0123456789") == 8 &&
	    strcmp(puk, "00000000") != 0) {
		(void)snprintf(modem->config.pin, sizeof(modem->config.pin),
		    "%s", pin);
		modem->puk_tries = PUK_TRIES;
		return unlocked(modem);
	}
	if (--modem->puk_tries == 0)
		modem->sim_state = SIM_ABSENT;
	return modem->sim_state == SIM_ABSENT ? CME(13) : CME(16);
}

static int
run_cpin(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	char first[16], second[16];
	enum at_arg more;

	switch (command->kind) {
	case AT_TEST:
		return RESULT_OK;
	case AT_READ:
		return show_state(modem);
	case AT_EXEC:
		return CME(50);
	case AT_SET:
		break;
	}
	if (at_arg_string(&cursor, first, sizeof(first)) != AT_ARG_GIVEN)
		return CME(50);
	more = at_arg_string(&cursor, second, sizeof(second));
	if (more == AT_ARG_BAD)
		return CME(50);
	switch (modem->sim_state) {
	case SIM_PIN:
		return try_pin(modem, first);
	case SIM_PUK:
		return more == AT_ARG_GIVEN ? try_puk(modem, first, second)
					    : CME(12);
	case SIM_READY:
	case SIM_ABSENT:
		break;
	}
	return CME(3);
}

static int
run_cpinr(struct modem *modem, const struct at_command *command)
{
	bool is_all = command->kind == AT_EXEC;

	if (command->kind == AT_TEST)
		return RESULT_OK;
	if (is_all || strstr(command->args, "SIM PIN\"") != NULL ||
	    strcmp(command->args, "SIM PIN") == 0)
		modem_say(modem, "+CPINR: SIM PIN,%u,3", modem->pin_tries);
	if (is_all || strstr(command->args, "SIM PUK\"") != NULL)
		modem_say(modem, "+CPINR: SIM PUK,%u,%d", modem->puk_tries,
		    PUK_TRIES);
	return RESULT_OK;
}

static int
run_ccid(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_TEST)
		return RESULT_OK;
	modem_say(modem, "%s: %s", command->name, modem->config.iccid);
	return RESULT_OK;
}

/* The only APDU it knows: VERIFY without a PIN (ETSI TS 102 221 §11.1.9),
 * which asks for the tries left and spends none. */
static int
run_csim(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_TEST)
		return RESULT_OK;
	if (command->kind != AT_SET ||
	    strcmp(command->args, "10,\"0020000100\"") != 0)
		return CME(50);
	if (modem->pin_tries == 0)
		modem_say(modem, "+CSIM: 4,\"6983\"");
	else if (modem->sim_state == SIM_READY)
		modem_say(modem, "+CSIM: 4,\"9000\"");
	else
		modem_say(modem, "+CSIM: 4,\"63C%u\"", modem->pin_tries);
	return RESULT_OK;
}

/* READ BINARY of EF-ICCID, 2FE2 (3GPP TS 27.007 §8.18). */
static int
run_crsm(struct modem *modem, const struct at_command *command)
{
	char digits[ICCID_NIBBLES + 1];

	if (command->kind == AT_TEST)
		return RESULT_OK;
	if (command->kind != AT_SET ||
	    strcmp(command->args, "176,12258,0,0,10") != 0)
		return CME(50);
	own_swapped_iccid(modem, digits);
	modem_say(modem, "+CRSM: 144,0,\"%s\"", digits);
	return RESULT_OK;
}

static int
run_cimi(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_EXEC)
		modem_say(modem, "%s", modem->config.imsi);
	return command->kind == AT_SET ? CME(50) : RESULT_OK;
}

static int
run_cnum(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_EXEC)
		modem_say(modem, "+CNUM: ,\"%s\",%d", modem->config.number,
		    modem->config.number[0] == '+' ? 145 : 129);
	return RESULT_OK;
}

const struct at_handler *
cmd_sim_table(void)
{
	static const struct at_handler table[] = {
	    {"+CPIN", NEEDS_SIM, run_cpin},
	    {"+CPINR", NEEDS_SIM, run_cpinr},
	    {"+CCID", NEEDS_SIM, run_ccid},
	    {"+ICCID", NEEDS_SIM, run_ccid},
	    {"+QCCID", NEEDS_SIM, run_ccid},
	    {"+CSIM", NEEDS_SIM, run_csim},
	    {"+CRSM", NEEDS_SIM, run_crsm},
	    {"+CIMI", NEEDS_PIN, run_cimi},
	    {"+CNUM", NEEDS_PIN, run_cnum},
	    {NULL, NEEDS_NOTHING, NULL},
	};

	return table;
}
