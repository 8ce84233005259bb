/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands about calls and USSD: CLIP, CRC, CHUP, ATA, ATH, CLCC, CUSD
 * (3GPP TS 27.007 §6, §7).
 */
#include "sim/commands.h"
#include "sim/modem_state.h"

static int
run_clip(struct modem *modem, const struct at_command *command)
{
	return command_int(modem, command, &modem->set.clip, 1, ",1");
}

static int
run_crc(struct modem *modem, const struct at_command *command)
{
	return command_int(modem, command, &modem->set.crc, 1, "");
}

static int
run_hang_up(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_TEST)
		return RESULT_OK;
	if (modem->config.brand->is_ath_idle && command->name[0] == 'H')
		return RESULT_OK;
	call_tell(modem, "rejected");
	call_end(modem);
	return RESULT_OK;
}

static int
run_answer(struct modem *modem, const struct at_command *command)
{
	(void)command;
	if (!modem->is_ringing)
		return CME(3);
	call_tell(modem, "answered");
	modem->is_ringing = false;
	modem->is_answered = true;
	return RESULT_OK;
}

static int
run_clcc(struct modem *modem, const struct at_command *command)
{
	if (command->kind == AT_EXEC &&
	    (modem->is_ringing || modem->is_answered))
		modem_say(modem, "+CLCC: 1,1,%d,0,0,\"%s\",%d",
		    modem->is_answered ? 0 : 4, modem->caller,
		    modem->caller[0] == '+' ? 145 : 129);
	return RESULT_OK;
}

const struct at_handler *
cmd_call_table(void)
{
	static const struct at_handler table[] = {
	    {"+CLIP", NEEDS_NOTHING, run_clip},
	    {"+CRC", NEEDS_NOTHING, run_crc},
	    {"+CHUP", NEEDS_NOTHING, run_hang_up},
	    {"H", NEEDS_NOTHING, run_hang_up},
	    {"A", NEEDS_NOTHING, run_answer},
	    {"+CLCC", NEEDS_NOTHING, run_clcc},
	    {"+CUSD", NEEDS_NOTHING, ussd_run_cusd},
	    {NULL, NEEDS_NOTHING, NULL},
	};

	return table;
}
