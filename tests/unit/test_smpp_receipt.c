/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Delivery receipts of SMPP in their two forms, and the names of messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "smpp/receipt.h"

static struct smpp_pdu
receipt(uint8_t esm_class, const char *text)
{
	struct smpp_pdu pdu = {.command = SMPP_CMD_DELIVER_SM};

	pdu.message.esm_class = esm_class;
	pdu.message.short_message.n = strlen(text);
	memcpy(pdu.message.short_message.octets, text, strlen(text));
	return pdu;
}

static void
test_text(void **state)
{
	struct smpp_pdu pdu = receipt(4, "id:0A1f sub:001 dlvrd:001 submit "
	    "date:2611280830 done date:2611280831 stat:DELIVRD err:000 "
	    "text:id:9 stat:UNDELIV");
	struct smpp_receipt r;

	(void)state;
	assert_true(smpp_receipt_read(&pdu, &r));
	assert_string_equal(r.id, "0A1f");
	assert_int_equal(r.state, SMPP_STATE_DELIVERED);
	assert_string_equal(r.error, "000");
	assert_false(r.is_intermediate);
	pdu = receipt(4, "id:7 stat:undeliv ERR:027");
	assert_true(smpp_receipt_read(&pdu, &r));
	assert_int_equal(r.state, SMPP_STATE_UNDELIVERABLE);
	assert_string_equal(r.error, "027");
	pdu = receipt(4, "id:7 stat:ACCEPTD");
	assert_true(smpp_receipt_read(&pdu, &r) && r.is_intermediate);
	pdu = receipt(0x20, "id:7 stat:ENROUTE");
	assert_true(smpp_receipt_read(&pdu, &r) && r.is_intermediate);
}

static void
test_parameters(void **state)
{
	static const uint8_t id[] = "4711", state_octet[] = {5},
	    error[] = {3, 0, 0x1b};
	struct smpp_pdu pdu = receipt(4, "id:9 stat:DELIVRD err:000");
	struct smpp_receipt r;

	(void)state;
	assert_true(smpp_tlv_add(&pdu, SMPP_TAG_RECEIPTED_MESSAGE_ID, id, 5));
	assert_true(smpp_tlv_add(&pdu, SMPP_TAG_MESSAGE_STATE, state_octet,
	    1));
	assert_true(smpp_tlv_add(&pdu, SMPP_TAG_NETWORK_ERROR_CODE, error,
	    3));
	assert_true(smpp_receipt_read(&pdu, &r));
	assert_string_equal(r.id, "4711");	/* they go before the text */
	assert_int_equal(r.state, SMPP_STATE_UNDELIVERABLE);
	assert_string_equal(r.error, "027");
	/* An id without an end, and one that is too long. */
	pdu.tlvs[0].n = 3;
	assert_true(smpp_receipt_read(&pdu, &r));
	assert_string_equal(r.id, "471");
}

static void
test_no_receipt(void **state)
{
	struct smpp_pdu pdu = receipt(0, "id:7 stat:DELIVRD");
	struct smpp_receipt r;

	(void)state;
	assert_false(smpp_receipt_read(&pdu, &r));	/* a person's text */
	pdu = receipt(4, "delivered");
	assert_false(smpp_receipt_read(&pdu, &r));
	pdu = receipt(4, "id: stat:DELIVRD");
	assert_false(smpp_receipt_read(&pdu, &r));
	pdu = receipt(4, "");
	assert_false(smpp_receipt_read(&pdu, &r));
	pdu = receipt(4, "id:7 stat:DELIVRD");
	pdu.command = SMPP_CMD_ENQUIRE_LINK;
	assert_false(smpp_receipt_read(&pdu, &r));
}

static void
test_ids(void **state)
{
	(void)state;
	assert_true(smpp_id_equal("1a2b", "1A2B"));
	assert_true(smpp_id_equal("0000012", "12"));
	assert_true(smpp_id_equal("1A", "26"));		/* hex, then decimal */
	assert_true(smpp_id_equal("26", "1a"));
	assert_true(smpp_id_equal("0", "000"));
	assert_false(smpp_id_equal("1A", "27"));
	assert_false(smpp_id_equal("x-1", "x-2"));
	assert_true(smpp_id_equal("x-1", "x-1"));
	assert_false(smpp_id_equal("99999999999999999999999", "1"));
	assert_false(smpp_id_equal("", "0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_no_receipt),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
