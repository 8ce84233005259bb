/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * 10.5, 10.6, 10.7: the words of many makers about the SIM card, and error
 * numbers in words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/card.h"
#include "worker/errors.h"

static void
test_states(void **state)
{
	static const struct {
		const char *word;
		enum card_state want;
	} rows[] = {
		{"READY", CARD_READY}, {"Ready ", CARD_READY},
		{"SIM PIN", CARD_PIN}, {"SIM PUK", CARD_PUK},
		{"SIM PIN2", CARD_READY}, {"SIM PUK2", CARD_READY},
		{"NOT READY", CARD_NOT_YET}, {"SIM BUSY", CARD_NOT_YET},
		{"", CARD_NOT_YET}, {"NOT INSERTED", CARD_NONE},
		{"SIM not inserted", CARD_NONE}, {"NO SIM", CARD_NONE},
		{"BLOCKED", CARD_BLOCKED}, {"PH-SIM PIN", CARD_OTHER},
		{"PH-FSIM PIN", CARD_OTHER}, {"PH-FSIM PUK", CARD_OTHER},
		{"PH-NET PIN", CARD_OTHER}, {"PH-NET PUK", CARD_OTHER},
		{"PH-NETSUB PIN", CARD_OTHER}, {"PH-NETSUB PUK", CARD_OTHER},
		{"PH-SP PIN", CARD_OTHER}, {"PH-SP PUK", CARD_OTHER},
		{"PH-CORP PIN", CARD_OTHER}, {"PH-CORP PUK", CARD_OTHER},
	};
	static const int others[] = {5, 6, 7, 40, 43, 47, 312};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(card_state_of(rows[i].word), rows[i].want);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_int_equal(card_state_of_error(others[i]), CARD_OTHER);
	assert_int_equal(card_state_of_error(10), CARD_NONE);
	assert_int_equal(card_state_of_error(310), CARD_NONE);
	assert_int_equal(card_state_of_error(17), CARD_READY);
	assert_int_equal(card_state_of_error(14), CARD_NOT_YET);
}

static struct at_reply
reply_of(const char *text)
{
	struct at_reply reply = {0};

	(void)snprintf(reply.text, sizeof(reply.text), "%s", text);
	return reply;
}

static const struct card_question *
question(const struct card_question *get(unsigned), const char *command)
{
	const struct card_question *q;

	for (unsigned i = 0; (q = get(i)) != NULL; i++)
		if (strcmp(q->command, command) == 0)
			return q;
	fail_msg("nobody asks %s", command);
	return NULL;
}

static void
test_iccids(void **state)
{
	static const struct {
		const char *command, *reply, *want;	/* "": none */
	} rows[] = {
		{"AT+CCID", "+CCID: 8984048000000000001F",
		    "8984048000000000001"},
		{"AT+CCID", "8984048000000000001f", "8984048000000000001"},
		{"AT+CCID", "+CCID: \"89860A1234567890123D\"",
		    "89860A1234567890123D"},
		{"AT+CICCID", "+ICCID: 8984048000000000001",
		    "8984048000000000001"},
		{"AT^ICCID?", "^ICCID: 8986001234567890123F",
		    "8986001234567890123"},
		{"AT#CCID", "#CCID: 8984048000000000001",
		    "8984048000000000001"},
		{"AT!ICCID?", "!ICCID: 8984048000000000001",
		    "8984048000000000001"},
		{"AT+ZGETICCID", "+ZGETICCID: 8984048000000000001F",
		    "8984048000000000001"},
		{"AT^SCID", "^SCID: 8984048000000000001",
		    "8984048000000000001"},
		{"AT+CRSM=176,12258,0,0,10",
		    "+CRSM: 144,0,\"984840080000000000F1\"",
		    "8984048000000000001"},
		{"AT+CRSM=176,12258,0,0,10",
		    "+CRSM: 144,0,984840080000000000F1",
		    "8984048000000000001"},
		{"AT+CRSM=176,12258,0,0,10",
		    "+CRSM:144,0,\"9868A0214365870921D3\"",
		    "89860A1234567890123D"},
		{"AT+CRSM=176,12258,0,0,10", "+CRSM: 106,130,\"\"", ""},
		{"AT+CCID", "+CCID: 1234", ""},
		{"AT+CCID", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct at_reply reply = reply_of(rows[i].reply);
		char out[32] = "";
		bool is_found = card_iccid(question(card_iccid_question,
		    rows[i].command), &reply, out, sizeof(out));

		assert_int_equal(is_found, rows[i].want[0] != '\0');
		assert_string_equal(out, rows[i].want);
	}
}

static void
test_tries(void **state)
{
	static const struct {
		const char *command, *reply;
		int want;
	} rows[] = {
		{"AT+CPINR", "+CPINR: SIM PIN2,1,3\n+CPINR: SIM PIN,2,3", 2},
		{"AT+CPINR", "+CPINR: \"SIM PIN\",1,3", 1},
		{"AT+CPINR", "+CPINR: SIM PUK,10,10", -1},
		{"AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"63C3\"", 3},
		{"AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"63c1\"", 1},
		{"AT+CSIM=10,\"0020000100\"", "+CSIM: 4,63C0", 0},
		{"AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"6983\"", 0},
		{"AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"9000\"", -1},
		{"AT+SPIC", "+SPIC: 3,10,0,10", 3},
		{"AT+QPINC?", "+QPINC: \"SC\",2,10\n+QPINC: \"P2\",3,10", 2},
		{"AT^CPIN?", "^CPIN: SIM PIN,1,10,1,10,3", 1},
		{"AT+ZPINPUK=?", "+ZPINPUK: 1,10", 1},
		{"AT+CPINC?", "+CPINC: 1,3,10,10", 1},
		{"AT#PCT", "#PCT: 1", 1},
		{"AT+UPINCNT", "+UPINCNT: 1,3,10,10", 1},
		{"AT^SPIC", "^SPIC: 1", 1},
		{"AT^SPIC", "^SPIC: 99", -1},
		{"AT^SPIC", "", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct at_reply reply = reply_of(rows[i].reply);

		assert_int_equal(card_tries(question(card_tries_question,
		    rows[i].command), &reply), rows[i].want);
	}
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *reply, *want;
	} rows[] = {
		{"+CSCA: \"+84980200030\",145", "+84980200030"},
		{"+CSCA: \"84980200030\",145", "+84980200030"},
		{"+CSCA: \"84980200030\",129", "84980200030"},
		{"+CSCA: \"84980200030\"", "84980200030"},
		{"+CSCA: \"0980200030\",161", "0980200030"},
		{"+CSCA:84980200030,145", "+84980200030"},
		{"+CSCA: \"002B00380034003900380030003200300030003000330030"
		    "\",145", "+84980200030"},
		{"+CSCA: \"00380034003900380030003200300030003000330030\",145",
		    "+84980200030"},
		{"+CSCA: \"2B3834393830323030303330\",145", "+84980200030"},
		{"+CSCA: \"\",129", ""},
		{"+CSCA: \"\",145", ""},
		{"+CSCA: \"+\",145", ""},
		{"+CSCA: \"abc\",145", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct at_reply reply = reply_of(rows[i].reply);
		char out[64];

		card_number(&reply, 0, out, sizeof(out));
		assert_string_equal(out, rows[i].want);
	}
}

static void
test_errors_in_words(void **state)
{
	(void)state;
	assert_int_equal(errors_number(" 38", true), 38);
	assert_int_equal(errors_number("SIM not inserted", false), 10);
	assert_int_equal(errors_number(" sim not inserted", false), 10);
	assert_int_equal(errors_number("SIM not inserted", true), 310);
	assert_int_equal(errors_number("SIM PIN required", false), 11);
	assert_int_equal(errors_number("SIM PUK required", false), 12);
	assert_int_equal(errors_number("SIM busy", false), 14);
	assert_int_equal(errors_number("incorrect password", false), 16);
	assert_int_equal(errors_number("network timeout", true), 332);
	assert_int_equal(errors_number("Network out of order", true), 38);
	assert_int_equal(errors_number("invalid memory index", false), 321);
	/* 0 is a failure of the phone, never success */
	assert_int_equal(errors_number("0", true), CMS_UNKNOWN);
	assert_int_equal(errors_number("0", false), CME_UNKNOWN);
	assert_int_equal(errors_number("no such words", true), CMS_UNKNOWN);
	assert_int_equal(errors_number("", false), CME_UNKNOWN);
	assert_int_equal(errors_number("-7", true), CMS_UNKNOWN);
}

static void
test_texts(void **state)
{
	static const char *const rows[][2] = {
		{"Viettel", "Viettel"},
		{"00420061006F00740069006E", "Baotin"},
		{"005600690065007400740065006C", "Viettel"},
		{"00561ED1", "V\xe1\xbb\x91"},
		{"45204", "45204"}, {"2G", "2G"}, {"CAFE", "CAFE"},
		{"1234", "1234"}, {"", ""}, {"ab\xff", "ab"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = card_text(rows[i][0]);

		assert_string_equal(text, rows[i][1]);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_iccids),
		cmocka_unit_test(test_tries),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_errors_in_words),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
