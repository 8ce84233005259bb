/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sending: CMGS from the command to the network's answer (3GPP TS 27.005
 * §4.3), CSCA, CMMS. Each submit ends as one line of texts.jsonl.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "sim/centre.h"
#include "sim/commands.h"
#include "sim/modem_state.h"
#include "sim/octets.h"
#include "sim/texts.h"

#define CMS_INVALID_PDU	  304
#define CMS_NO_NETWORK	  331
#define CMS_BUSY	  515 /* still with the last one */
#define TPDU_MAX	  PDU_SIZE

static int
fault_result(const struct fault *fault)
{
	switch (fault->kind) {
	case FAULT_CMS:
		return CMS(fault->code);
	case FAULT_CME:
		return CME(fault->code);
	case FAULT_ERROR:
		return RESULT_ERROR;
	case FAULT_SILENT_PROMPT:
	case FAULT_SILENT_LOST:
	case FAULT_SILENT_TAKEN:
		return RESULT_LATER;
	case FAULT_NONE:
		break;
	}
	return RESULT_OK;
}

static int
run_cmgs(struct modem *modem, const struct at_command *command)
{
	struct sending *sending = &modem->sending;
	const char *cursor = command->args, *prompt;
	struct fault fault;
	int length = 0;

	if (command->kind == AT_TEST)
		return RESULT_OK;
	if (command->kind != AT_SET ||
	    at_arg_int(&cursor, &length) != AT_ARG_GIVEN || length < 8 ||
	    length > TPDU_MAX)
		return CMS(302);
	if (sending->is_under_way)
		return CMS(CMS_BUSY);
	fault = fault_take(modem->sim->faults, modem_name(modem), NULL);
	if (fault.kind != FAULT_NONE) {
		modem->failed++;
		return fault_result(&fault);
	}
	sending->length = (unsigned)length;
	at_reader_expect_pdu(&modem->reader);
	prompt = modem->config.brand->prompt;
	if (prompt == NULL)
		prompt = "\r\n> ";
	line_write(modem->line, prompt, strlen(prompt));
	line_flush(modem->line);
	sending->prompt_us = clock_mono_us();
	return RESULT_LATER;
}

void
send_given_up(struct modem *modem)
{
	modem_final(modem, RESULT_OK);
}

/* The line of texts.jsonl about the submit; to has room for its phone. */
static struct segment_record
record_of(const struct modem *modem, char to[SIM_NUMBER_SIZE],
    const char *result, int64_t reply_us)
{
	const struct sending *sending = &modem->sending;

	centre_normalise(sending->submit.to, to);
	return (struct segment_record){
		.modem = modem_name(modem),
		.from = modem_number(modem),
		.submit = &sending->submit,
		.to = to,
		.result = result,
		.command_us = sending->command_us,
		.prompt_us = sending->prompt_us,
		.pdu_us = sending->pdu_us,
		.reply_us = reply_us,
	};
}

/* The segment record's word for how a submit ended. */
static const char *
result_word(int result, char *buf, size_t size)
{
	if (result == RESULT_OK)
		return "ok";
	if (result == RESULT_ERROR)
		return "error";
	if (result >= CMS(0))
		(void)snprintf(buf, size, "cms %d", result - CMS(0));
	else
		(void)snprintf(buf, size, "cme %d", result - CME(0));
	return buf;
}

/* The network's verdict on the submit. */
static int
verdict(struct modem *modem)
{
	struct sending *sending = &modem->sending;
	int result = RESULT_OK, cause;

	if (sending->fault.kind != FAULT_SILENT_TAKEN)
		result = fault_result(&sending->fault);
	if (result != RESULT_OK)
		return result;
	if (!modem_can_reach(modem))
		return CMS(CMS_NO_NETWORK);
	cause = centre_check(modem->sim->centre, modem, &sending->submit);
	return cause != 0 ? CMS(cause) : RESULT_OK;
}

static void
say_taken(struct modem *modem, int mr)
{
	const char *words = modem->config.brand->cmgs;

	modem_say(modem, "+CMGS: %d%s", mr, words != NULL ? words : "");
}

/* The network answers: takes the text, or not, and the modem tells so; who
 * reads the answer finds the lines in texts.jsonl already. */
static void
answer(struct modem *modem)
{
	struct sending *sending = &modem->sending;
	bool is_silent = sending->fault.kind == FAULT_SILENT_TAKEN;
	int result = verdict(modem);
	struct segment_record record;
	char word[16], to[SIM_NUMBER_SIZE];

	sending->is_under_way = false;
	record = record_of(modem, to,
	    is_silent && result == RESULT_OK
		? "taken" : result_word(result, word, sizeof(word)),
	    is_silent ? 0 : clock_mono_us());
	if (result == RESULT_OK) {
		modem->sent++;
		centre_take(modem->sim->centre, modem, &sending->submit,
		    &record);
	} else {
		modem->failed++;
		texts_write_segment(modem->sim->texts, &record);
	}
	if (is_silent)
		return;
	if (result == RESULT_OK)
		say_taken(modem, sending->submit.mr);
	modem_final(modem, result);
}

void
send_timer_cb(int fd, short what, void *arg)
{
	struct modem *modem = arg;

	(void)fd;
	(void)what;
	answer(modem);
}

/* Reads the service centre's address off and checks the length of CMGS. */
static int
read_pdu(struct modem *modem, const char *hex, bool is_over)
{
	uint8_t octets[ADDRESS_SIZE + TPDU_MAX];
	int n = is_over ? -1 : hex_decode(hex, octets, sizeof(octets));
	size_t skip;

	if (n < 1)
		return -1;
	skip = 1 + (size_t)octets[0];
	if (skip > ADDRESS_SIZE ||
	    skip + modem->sending.length != (size_t)n)
		return -1;
	return submit_decode(octets + skip, (size_t)n - skip,
	    &modem->sending.submit);
}

void
send_pdu_came(struct modem *modem, const char *hex, bool is_over)
{
	struct sending *sending = &modem->sending;
	unsigned delay_ms = sim_delay_ms(modem->sim, modem->config.latency_ms,
	    modem->config.jitter_ms);
	struct timeval wait = {delay_ms / 1000, delay_ms % 1000 * 1000};
	char to[SIM_NUMBER_SIZE];

	sending->pdu_us = clock_mono_us();
	if (read_pdu(modem, hex, is_over) != 0) {
		modem->failed++;
		modem_final(modem, CMS(CMS_INVALID_PDU));
		return;
	}
	if (modem->config.overwrites_mr || modem->config.brand->has_zero_mr)
		sending->submit.mr = modem->config.brand->has_zero_mr ? 0
		    : modem->next_mr++;
	centre_normalise(sending->submit.to, to);
	sending->fault = fault_take(modem->sim->faults, modem_name(modem), to);
	if (sending->fault.kind == FAULT_SILENT_LOST) {
		struct segment_record record = record_of(modem, to, "lost", 0);

		modem->failed++;
		texts_write_segment(modem->sim->texts, &record);
		return;
	}
	sending->is_under_way = true;
	(void)evtimer_add(modem->send_timer, &wait);
}

static int
run_csca(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	char arg[4 * SIM_NUMBER_SIZE];
	char *number;

	switch (command->kind) {
	case AT_TEST:
		return RESULT_OK;
	case AT_READ:
		number = modem_to_cscs(modem, modem->csca +
		    (modem->config.brand->has_bare_csca &&
		    modem->csca[0] == '+'));
		modem_say(modem, "+CSCA: \"%s\",%d", number,
		    modem->csca[0] == '+' ? 145 : 129);
		free(number);
		return RESULT_OK;
	case AT_EXEC:
		return CMS(302);
	case AT_SET:
		break;
	}
	if (at_arg_string(&cursor, arg, sizeof(arg)) != AT_ARG_GIVEN)
		return CMS(302);
	number = modem_from_cscs(modem, arg);
	if (number == NULL || strlen(number) >= sizeof(modem->csca) ||
	    strspn(number, "+0123456789") != strlen(number)) {
		free(number);
		return CMS(302);
	}
	(void)strcpy(modem->csca, number);
	free(number);
	return RESULT_OK;
}

static int
run_cmms(struct modem *modem, const struct at_command *command)
{
	return command_int(modem, command, &modem->set.cmms, 2, "");
}

const struct at_handler *
cmd_send_table(void)
{
	static const struct at_handler table[] = {
	    {"+CMGS", NEEDS_PIN_SMS, run_cmgs},
	    {"+CSCA", NEEDS_PIN_SMS, run_csca},
	    {"+CMMS", NEEDS_NOTHING, run_cmms},
	    {NULL, NEEDS_NOTHING, NULL},
	};

	return table;
}
