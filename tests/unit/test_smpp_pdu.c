/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The codec of SMPP 3.4: octets of the specification's kind, each PDU there
 * and back, cut at every length, and lengths that lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "smpp/pdu.h"
#include "smpp/status.h"

static const uint32_t commands[] = {
#define C(id, number, body, name) number,
	SMPP_COMMANDS(C)
#undef C
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
test_submit_octets(void **state)
{
	static const uint8_t want[] = {
	    0, 0, 0, 0x3d, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 7,
	    0, 5, 0, 'U', 'B', 'N', 'D', 0, 1, 1, '8', '4', '9', 0,
	    0, 0, 0, 0, 0, 1, 0, 8, 0, 2, 'h', 'i',
	    0x04, 0x24, 0, 3, 1, 2, 3, 0x02, 0x0c, 0, 2, 0, 9,
	    0x0f, 0xff, 0, 2, 5, 6};
	static const uint8_t payload[] = {1, 2, 3}, ref[] = {0, 9},
	    own[] = {5, 6};
	struct smpp_pdu pdu = {.command = SMPP_CMD_SUBMIT_SM, .sequence = 7};
	uint8_t data[200];

	(void)state;
	pdu.message.source_addr_ton = 5;
	strcpy(pdu.message.source_addr, "UBND");
	pdu.message.dest_addr_ton = pdu.message.dest_addr_npi = 1;
	strcpy(pdu.message.destination_addr, "849");
	pdu.message.registered_delivery = 1;
	pdu.message.data_coding = 8;
	memcpy(pdu.message.short_message.octets, "hi", 2);
	pdu.message.short_message.n = 2;
	assert_true(smpp_tlv_add(&pdu, SMPP_TAG_MESSAGE_PAYLOAD, payload, 3));
	assert_true(smpp_tlv_add(&pdu, SMPP_TAG_SAR_MSG_REF_NUM, ref, 2));
	assert_true(smpp_tlv_add(&pdu, 0x0fff, own, 2));
	assert_int_equal(smpp_encode(&pdu, data, sizeof(data)), sizeof(want));
	assert_memory_equal(data, want, sizeof(want));
	assert_int_equal(smpp_length(data), sizeof(want));
	/* A buffer that is too small is told, and not overrun. */
	memset(data, 0x55, sizeof(data));
	assert_int_equal(smpp_encode(&pdu, data, 20), sizeof(want));
	for (size_t i = 20; i < sizeof(data); i++)
		assert_int_equal(data[i], 0x55);
}

/* Each command there and back: all fields filled. */
static void
test_all_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		struct smpp_pdu in = {.command = commands[i], .sequence = 9};
		struct smpp_pdu out;
		uint8_t data[1024], again[1024];
		size_t n, m;

		strcpy(in.bind.system_id, "id");
		in.n_tlvs = 0;
		n = smpp_encode(&in, data, sizeof(data));
		assert_true(n >= SMPP_HEADER && n <= sizeof(data));
		assert_int_equal(smpp_length(data), n);
		assert_int_equal(smpp_decode(data, n, &out), SMPP_OK);
		assert_int_equal(out.command, commands[i]);
		assert_int_equal(out.sequence, 9);
		m = smpp_encode(&out, again, sizeof(again));
		assert_int_equal(m, n);
		assert_memory_equal(data, again, n);
		assert_non_null(smpp_command_name(commands[i]));
	}
	assert_null(smpp_command_name(0x99));
}

/* Cut at every length: broken, or, where only TLVs are cut, whole without. */
static void
test_cut_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		struct smpp_pdu in = {.command = commands[i]}, out;
		uint8_t data[1024], tlv[4] = {1, 2, 3, 4};
		size_t n, body;

		body = smpp_encode(&in, data, sizeof(data));
		assert_true(smpp_tlv_add(&in, SMPP_TAG_USSD_SERVICE_OP, tlv,
		    4));
		n = smpp_encode(&in, data, sizeof(data));
		for (size_t cut = 0; cut < n; cut++) {
			uint8_t *copy = malloc(cut + 1);
			enum smpp_verdict verdict;

			assert_non_null(copy);
			memcpy(copy, data, cut);
			verdict = smpp_decode(copy, cut, &out);
			if (cut >= body)
				assert_true(verdict == SMPP_OK &&
				    out.n_tlvs == 0);
			else if (cut > SMPP_HEADER)
				assert_int_equal(verdict, SMPP_BROKEN);
			free(copy);
		}
	}
}

static void
test_lies(void **state)
{
	uint8_t head[4] = {0, 0, 0, 15}, data[64] = {0};
	struct smpp_pdu pdu;

	(void)state;
	assert_int_equal(smpp_length(head), 0);
	memset(head, 0xff, 4);
	assert_int_equal(smpp_length(head), 0);
	/* sm_length beyond the end; a string without an end. */
	data[7] = 4;
	assert_int_equal(smpp_decode(data, 33, &pdu), SMPP_OK);
	data[32] = 1;
	assert_int_equal(smpp_decode(data, 33, &pdu), SMPP_BROKEN);
	memset(data + 16, 'a', 48);
	assert_int_equal(smpp_decode(data, 64, &pdu), SMPP_BROKEN);
	data[7] = 0x55;
	data[15] = 3;
	assert_int_equal(smpp_decode(data, 64, &pdu), SMPP_UNKNOWN);
	assert_int_equal(pdu.sequence, 3);
	/* A string that is too long is not sent. */
	memset(&pdu, 0, sizeof(pdu));
	pdu.command = SMPP_CMD_SUBMIT_SM_RESP;
	memset(pdu.taken.message_id, 'x', sizeof(pdu.taken.message_id));
	assert_int_equal(smpp_encode(&pdu, data, sizeof(data)), 0);
	/* Errors have no body. */
	pdu.status = SMPP_STATUS_THROTTLED;
	assert_int_equal(smpp_encode(&pdu, data, sizeof(data)), SMPP_HEADER);
	assert_int_equal(smpp_decode(data, SMPP_HEADER, &pdu), SMPP_OK);
	assert_int_equal(pdu.status, SMPP_STATUS_THROTTLED);
	assert_string_equal(smpp_status_name(pdu.status), "ESME_RTHROTTLED");
	assert_null(smpp_status_name(0x400));
}

static void
test_tlvs(void **state)
{
	static const uint8_t value[4] = {0, 0, 1, 2};
	struct smpp_pdu pdu = {.command = SMPP_CMD_ENQUIRE_LINK}, out;
	uint8_t data[1024];
	uint32_t number;
	size_t n;

	(void)state;
	for (size_t i = 0; i < SMPP_TLVS_MAX; i++)
		assert_true(smpp_tlv_add(&pdu, (uint16_t)(0x1400 + i), value,
		    4));
	assert_false(smpp_tlv_add(&pdu, 1, value, 1));
	n = smpp_encode(&pdu, data, sizeof(data));
	/* One more than are kept follows: passed over. */
	memcpy(data + n, "\x15\x00\x00\x01z", 5);
	assert_int_equal(smpp_decode(data, n + 5, &out), SMPP_OK);
	assert_int_equal(out.n_tlvs, SMPP_TLVS_MAX);
	assert_true(smpp_tlv_number(&out, 0x1403, &number));
	assert_int_equal(number, 0x0102);
	assert_false(smpp_tlv_number(&out, 0x1500, &number));
	assert_null(smpp_tlv_find(&out, 0x1500));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submit_octets),
		cmocka_unit_test(test_all_there_and_back),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_tlvs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
