/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libgammu gets to read, and what is kept. A pipe in the tty's place,
 * read in one piece and octet by octet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "worker/ear.h"

#define LARGE 65536 /* as libgammu reads */

static char big[LARGE];

static const struct {
	const char *said, *passed, *kept;
} cases[] = {
	/* the usual */
	{"AT+CSQ\r\r\n+CSQ: 1,2\r\n\r\nOK\r\n",
	    "AT+CSQ\r\r\n+CSQ: 1,2\r\n\r\nOK\r\n", ""},
	{"AT+CMGD=1\r\r\nOK\r\n\r\n^SMMEMFULL: \"SM\"\r\n",
	    "AT+CMGD=1\r\r\nOK\r\n", "^SMMEMFULL: \"SM\"\r\n"},
	/* before the echo */
	{"\r\n+CMTI: \"SM\",3\r\n\r\n%WORD\r\nAT+CMGR=1\r\r\n"
	    "+CMS ERROR: 321\r\n",
	    "AT+CMGR=1\r\r\n+CMS ERROR: 321\r\n",
	    "+CMTI: \"SM\",3\r\n%WORD\r\n"},
	{"\r\n+CDS: 24\r\n0791\r\nAT\r\r\nOK\r\nA\r\nATE1\r\r\nERROR\r\n",
	    "AT\r\r\nOK\r\nATE1\r\r\nERROR\r\n",
	    "+CDS: 24\r\n0791\r\nA\r\n"},
	/* inside an answer only a vendor's are known from it */
	{"AT+CIMI\r\r\n^RSSI: 3\r\n45201\r\n\r\nOK\r\n\r\n^BOOT\r\n",
	    "AT+CIMI\r\r\n45201\r\n\r\nOK\r\n", "^BOOT\r\n"},
	/* the prompt, and a report in front of it */
	{"AT+CMGS=23\r\r\n> 0791\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n\r\nRING\r\n",
	    "AT+CMGS=23\r\r\n> 0791\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n",
	    "RING\r\n"},
	{"AT+CMGS=23\r\r\n+CDS: 24\r\n0791\r\n\r\n> 07\r\n+CMGS: 7\r\n\r\n"
	    "OK\r\n", "AT+CMGS=23\r\r\n\r\n> 07\r\n+CMGS: 7\r\n\r\nOK\r\n",
	    "+CDS: 24\r\n0791\r\n"},
	{"AT+CMGS=23\r\r\n+CMTI: \"SM\",1\r\n\r\n+CMS ERROR: 38\r\nRING\r\n",
	    "AT+CMGS=23\r\r\n\r\n+CMS ERROR: 38\r\n",
	    "+CMTI: \"SM\",1\r\nRING\r\n"},
	/* 10.7: an error in words; a menu of several lines */
	{"AT+CMGS=23\r\r\n> 07\r\n+CMS ERROR: Network out of order\r\n",
	    "AT+CMGS=23\r\r\n> 07\r\n+CMS ERROR: 38\r\n", ""},
	{"AT+CMGS=23\r\r\n+CMS ERROR: SIM busy\r\n",
	    "AT+CMGS=23\r\r\n+CMS ERROR: 314\r\n", ""},
	{"AT+CMGF=0\r\r\n+CME ERROR: SIM not inserted\r\n",
	    "AT+CMGF=0\r\r\n+CME ERROR: 10\r\n", ""},
	{"AT+CMGF=0\r\r\n+CMS ERROR: 0\r\n",
	    "AT+CMGF=0\r\r\n+CMS ERROR: 500\r\n", ""},
	{"AT+CMGF=0\r\r\n+CUSD: 1,\"1. So du\r\nAT-Mobi\r\n3. x\",15\r\n"
	    "OK\r\nRING\r\n", "AT+CMGF=0\r\r\nOK\r\n",
	    "+CUSD: 1,\"1. So du\r\nAT-Mobi\r\n3. x\",15\r\nRING\r\n"},
	{"+CUSD: 1,\"1. So du\r\nAT-Mobi\",15\r\nAT\r\r\nOK\r\n",
	    "AT\r\r\nOK\r\n", "+CUSD: 1,\"1. So du\r\nAT-Mobi\",15\r\n"},
	{"AT+CMGF=0\r\r\n+CUSD: 1,\"open\r\nOK\r\n",
	    "AT+CMGF=0\r\r\nOK\r\n", "+CUSD: 1,\"open\r\n"},
	/* 10.3: a prompt without its blank */
	{"AT+CMGS=23\r\r\n>\r\n0791\r\n+CMGS: 7\r\n\r\nOK\r\n",
	    "AT+CMGS=23\r\r\n> \r\n0791\r\n+CMGS: 7\r\n\r\nOK\r\n", ""},
	/* references as libgammu can read them */
	{"AT+CMGS=23\r\r\n> 07\r\n+CMGS: 77,\"26/11/27,08:00:00+28\"\r\n"
	    "\r\nOK\r\n",
	    "AT+CMGS=23\r\r\n> 07\r\n+CMGS: 77\r\n\r\nOK\r\n", ""},
	{"AT+CMGS=23\r\r\n> 07\r\n+CMGS:77\r\n\r\nOK\r\n",
	    "AT+CMGS=23\r\r\n> 07\r\n+CMGS: 77\r\n\r\nOK\r\n", ""},
	{"AT+CMGS=23\r\r\n> 07\r\n+cmgs: \"77\"\r\n\r\nok \r\n",
	    "AT+CMGS=23\r\r\n> 07\r\n+CMGS: 77\r\n\r\nOK\r\n", ""},
	{"AT+CMGS=23\r\r\n> 07\r\n\r\n\r\n+CMGS:  077 \r\n\r\nOK\r\n",
	    "AT+CMGS=23\r\r\n> 07\r\n\r\n\r\n+CMGS: 77\r\n\r\nOK\r\n", ""},
	/* line feeds, or carriage returns, alone */
	{"AT+CSQ\r\n\n+CSQ: 1,2\n\nOK\n",
	    "AT+CSQ\r\n\n+CSQ: 1,2\r\n\nOK\r\n", ""},
	{"AT+CSQ\r\r+CSQ: 1,2\r\rOK\r",
	    "AT+CSQ\r\r\n+CSQ: 1,2\r\r\nOK\r\n", ""},
	{"AT+CSQ\r\r\nERROR  \r\nRING\r\n", "AT+CSQ\r\r\nERROR\r\n",
	    "RING\r\n"},
	/* what comes by itself inside an answer, a report with its PDU */
	{"AT+CMMS=2\r\r\n+CMTI: \"SM\",1\r\n\r\nRDY\r\n+CDS: 24\r\n0791\r\n"
	    "OK\r\n", "AT+CMMS=2\r\r\n\r\nOK\r\n",
	    "+CMTI: \"SM\",1\r\nRDY\r\n+CDS: 24\r\n0791\r\n"},
	{"AT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n",
	    "AT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n", ""},
	/* half a line is kept, too */
	{"AT\r\r\nOK\r\n\r\n+CD", "AT\r\r\nOK\r\n", "+CD"},
};

static void
check(size_t i, size_t piece)
{
	size_t length = strlen(cases[i].said), n = 0;
	char passed[512], kept[512];
	ssize_t got;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	ear_open(fds[0]);
	for (size_t at = 0; at < length; at += piece) {
		size_t part = length - at < piece ? length - at : piece;

		assert_int_equal(write(fds[1], cases[i].said + at, part),
		    part);
		got = read(fds[0], big, sizeof(big));
		assert_true(got >= 0 && n + (size_t)got < sizeof(passed));
		memcpy(passed + n, big, (size_t)got);
		n += (size_t)got;
	}
	passed[n] = '\0';
	assert_string_equal(passed, cases[i].passed);
	for (n = 0; ear_has_kept(fds[0]); n++)
		assert_int_equal(read(fds[0], kept + n, 1), 1);
	kept[n] = '\0';
	assert_string_equal(kept, cases[i].kept);
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(close(fds[1]), 0);
	ear_open(-1);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t piece = 1; piece < 80; piece++)
			check(i, piece);
}

/* More than is kept: the end is cut, the command is not lost. */
static void
test_too_much(void **state)
{
	static const char command[] = "\r\nAT\r\r\nOK\r\n";
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	ear_open(fds[0]);
	for (int i = 0; i < 20; i++) {
		memset(big, 'x', 1000);
		assert_int_equal(write(fds[1], big, 1000), 1000);
		assert_int_equal(read(fds[0], big, sizeof(big)), 0);
	}
	assert_int_equal(write(fds[1], command, strlen(command)),
	    strlen(command));
	assert_int_equal(read(fds[0], big, sizeof(big)), 9);
	assert_memory_equal(big, "AT\r\r\nOK\r\n", 9);
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(close(fds[1]), 0);
	ear_open(-1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_too_much),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
