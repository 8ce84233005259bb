/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Raw AT answers: whatever comes in between is not lost, and what does not
 * come ends at the deadline. The modem's words wait in a socket before the
 * command is written, so nothing depends on timing.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "worker/at.h"
#include "worker/health.h"

struct bench {
	struct at at;
	struct at_reply reply;
	int modem;
	char strays[1024];
};

static void
on_stray(const char *line, void *arg)
{
	struct bench *b = arg;
	size_t used = strlen(b->strays);

	(void)snprintf(b->strays + used, sizeof(b->strays) - used, "[%s]",
	    line);
}

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	int pair[2];

	assert_non_null(b);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	at_init(&b->at, pair[0], on_stray, b);
	b->modem = pair[1];
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	(void)close(b->at.fd);
	(void)close(b->modem);
	free(b);
	return 0;
}

static enum at_verdict
ask(struct bench *b, const char *words, const char *command,
    const char *prefix)
{
	size_t n = strlen(words);

	assert_int_equal(write(b->modem, words, n), n);
	return at_command(&b->at, command, prefix, 5000, &b->reply);
}

static void
test_answer_and_echo(void **state)
{
	struct bench *b = *state;
	char out[64], sent[32] = "";

	assert_int_equal(ask(b, "AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\n",
	    "AT+CSQ", "+CSQ:"), AT_OK);
	assert_string_equal(b->reply.text, "+CSQ: 17,99");
	assert_int_equal(at_number(&b->reply, 0, -1), 17);
	assert_int_equal(at_number(&b->reply, 1, -1), 99);
	assert_int_equal(at_number(&b->reply, 2, -1), -1);
	assert_string_equal(at_field(&b->reply, 2, out, sizeof(out)), "");
	assert_string_equal(b->strays, "");
	assert_int_equal(read(b->modem, sent, sizeof(sent) - 1), 7);
	assert_string_equal(sent, "AT+CSQ\r");
}

static void
test_quoted_fields(void **state)
{
	struct bench *b = *state;
	char out[64];

	assert_int_equal(ask(b, "+COPS: 0,0,\"Viettel, VN\",7\r\nOK\r\n",
	    "AT+COPS?", "+COPS:"), AT_OK);
	assert_string_equal(at_field(&b->reply, 2, out, sizeof(out)),
	    "Viettel, VN");
	assert_int_equal(at_number(&b->reply, 3, -1), 7);
}

static void
test_errors(void **state)
{
	struct bench *b = *state;

	assert_int_equal(ask(b, "\r\nERROR\r\n", "AT+X", "+X"), AT_ERROR);
	assert_int_equal(ask(b, "\r\n+CME ERROR: 14\r\n", "AT+CPIN?",
	    "+CPIN:"), AT_CODE);
	assert_int_equal(b->reply.code, 14);
	assert_int_equal(ask(b, "+CMS ERROR: 500\r\n", "AT+X", "+X"),
	    AT_CODE);
	assert_int_equal(b->reply.code, 500);
}

static void
test_strays_before_and_behind(void **state)
{
	struct bench *b = *state;

	assert_int_equal(ask(b, "\r\n+CMTI: \"SM\",3\r\nAT+CSQ\r\r\n+CSQ: 9,9"
	    "\r\n\r\n+CDS: 26\r\n0791488920\r\n\r\nOK\r\n\r\nRING\r\n"
	    "+CLIP: \"+849\",145\r\n", "AT+CSQ", "+CSQ:"), AT_OK);
	assert_string_equal(b->reply.text, "+CSQ: 9,9");
	assert_string_equal(b->strays, "[+CMTI: \"SM\",3]"
	    "[+CDS: 26\n0791488920][RING][+CLIP: \"+849\",145]");
}

/* 10.7: texts with line ends, errors in words. */
static void
test_menus_and_words(void **state)
{
	struct bench *b = *state;

	assert_int_equal(ask(b, "+CUSD: 1,\"1. So du\r\n2. Goi\r\n\r\n"
	    "3. OK\",15\r\n+CSQ: 9,9\r\nOK\r\n+CUSD: 0,\"a\nOK\nb\",15\r\n",
	    "AT+CSQ", "+CSQ:"), AT_OK);
	assert_string_equal(b->reply.text, "+CSQ: 9,9");
	assert_string_equal(b->strays, "[+CUSD: 1,\"1. So du\n2. Goi\n"
	    "3. OK\",15][+CUSD: 0,\"a\nOK\nb\",15]");
	b->strays[0] = '\0';
	/* nobody closes the quote */
	assert_int_equal(ask(b, "+CUSD: 1,\"open\r\n+CSQ: 9,9\r\nOK\r\n",
	    "AT+CSQ", "+CSQ:"), AT_OK);
	assert_string_equal(b->strays, "[+CUSD: 1,\"open\n+CSQ: 9,9]");
	assert_int_equal(ask(b, "+CME ERROR: SIM not inserted\r\n",
	    "AT+CPIN?", "+CPIN:"), AT_CODE);
	assert_int_equal(b->reply.code, 10);
	assert_int_equal(ask(b, "+CMS ERROR: SIM busy\r\n", "AT+CPMS?",
	    "+CPMS:"), AT_CODE);
	assert_int_equal(b->reply.code, 314);
}

static void
test_plain_digits(void **state)
{
	struct bench *b = *state;

	assert_int_equal(ask(b, "AT+CGSN\r\r\n356938030000013\r\n\r\nOK\r\n",
	    "AT+CGSN", "+CGSN"), AT_OK);
	assert_string_equal(b->reply.text, "356938030000013");
}

static void
test_silence_and_hangup(void **state)
{
	struct bench *b = *state;

	assert_int_equal(at_command(&b->at, "AT", "AT", 30, &b->reply),
	    AT_SILENT);
	(void)shutdown(b->modem, SHUT_RDWR);
	assert_int_equal(at_command(&b->at, "AT", "AT", 5000, &b->reply),
	    AT_GONE);
}

static void
test_endless_line(void **state)
{
	struct bench *b = *state;
	char words[3000];

	memset(words, 'x', sizeof(words));
	memcpy(words + sizeof(words) - 9, "\r\nOK\r\n\0\0", 9);
	assert_int_equal(ask(b, words, "AT", "AT"), AT_OK);
	assert_int_equal(strlen(b->strays), AT_LINE - 1 + 2);
}

static void
test_health_words(void **state)
{
	(void)state;
	assert_int_equal(health_dbm(0), -113);
	assert_int_equal(health_dbm(31), -51);
	assert_int_equal(health_dbm(99), 0);
	assert_int_equal(health_dbm(-1), 0);
	/* 10.7: AcT up to the newest; a +CREG that comes by itself. */
	assert_string_equal(health_technology(8), "2g");
	assert_string_equal(health_technology(9), "nb-iot");
	assert_string_equal(health_technology(10), "lte");
	assert_string_equal(health_technology(11), "5g");
	assert_string_equal(health_technology(12), "5g");
	assert_string_equal(health_technology(13), "5g");
	assert_int_equal(health_stat("+CREG: 2,1,\"1A2B\",\"01C3D4E5\",7"), 1);
	assert_int_equal(health_stat("+CREG: 2\n+CREG: 0,1"), 1);
	assert_int_equal(health_stat("+CREG: 0,1\n+CREG: 2"), 1);
	assert_int_equal(health_stat("+CEREG: 2,\"1A2B\",\"01C3D4E5\",7\n"
	    "+CEREG: 2,5,\"1A2B\",\"01C3D4E5\",7"), 5);
	assert_int_equal(health_stat("+CREG: 2,1A2B,01C3D4E5\n+CREG:0,1"), 1);
	assert_int_equal(health_stat("+CREG: 2,\"1\",\"2\"\n+CREG: 0,1"), 1);
	assert_int_equal(health_stat("+CREG: 1"), 1);
	assert_int_equal(health_stat(""), 0);
	assert_string_equal(health_technology(0), "2g");
	assert_string_equal(health_technology(2), "3g");
	assert_string_equal(health_technology(7), "lte");
	assert_string_equal(health_technology(-1), "");
	assert_string_equal(health_technology(99), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answer_and_echo),
		TEST(test_quoted_fields),
		TEST(test_errors),
		TEST(test_strays_before_and_behind),
		TEST(test_menus_and_words),
		TEST(test_plain_digits),
		TEST(test_silence_and_hangup),
		TEST(test_endless_line),
		cmocka_unit_test(test_health_words),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
