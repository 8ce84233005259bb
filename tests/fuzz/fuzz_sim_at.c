/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes from a line into the simulator's AT reader; what is typed as a PDU
 * goes through the decoder and the joiner.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/at.h"
#include "sim/join.h"
#include "sim/octets.h"
#include "sim/pdu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_arguments(const struct at_command *command)
{
	const char *cursor = command->args;
	char text[64];
	int value;

	while (*cursor != '\0' &&
	    at_arg_int(&cursor, &value) != AT_ARG_BAD)
		continue;
	cursor = command->args;
	while (*cursor != '\0' &&
	    at_arg_string(&cursor, text, sizeof(text)) != AT_ARG_BAD)
		continue;
}

static void
try_line(const char *line)
{
	const char *cursor = at_line_body(line);
	struct at_command command;

	while (cursor != NULL && at_next(&cursor, &command) == AT_ARG_GIVEN)
		try_arguments(&command);
}

static void
try_pdu(struct joiner *joiner, const char *hex)
{
	uint8_t tpdu[PDU_SIZE];
	struct joined joined;
	struct submit submit;
	int n = hex_decode(hex, tpdu, sizeof(tpdu));

	if (n < 0 || submit_decode(tpdu, (size_t)n, &submit) != 0)
		return;
	(void)deliver_encode(submit.to, 0, &submit.payload, tpdu);
	joiner_take(joiner, submit.to, submit.mr, &submit.payload, &joined);
	free(joined.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct at_reader reader = {.n = 0};
	struct joiner *joiner = joiner_new();

	for (size_t i = 0; i < size; i++) {
		switch (at_reader_take(&reader, data[i])) {
		case AT_NOTHING:
		case AT_ESCAPE:
			break;
		case AT_LINE:
			try_line(reader.buf);
			if (strstr(reader.buf, "CMGS") != NULL)
				at_reader_expect_pdu(&reader);
			break;
		case AT_PDU:
			try_pdu(joiner, reader.buf);
			break;
		}
	}
	joiner_free(joiner);
	return 0;
}
