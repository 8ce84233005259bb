/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * 12.8, 12.12: what the dialogue with a modem shows, and what it does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/dialogue.h"

/* said NULL: the modem speaks by itself. Makers' words are shown for ATI. */
static const struct {
	const char *said, *heard, *shown;
} cases[] = {
	{"AT+CSQ\r", "AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n",
	    "> AT+CSQ\n< +CSQ: 20,99\n< OK\n"},
	{"AT+CMGS=23\r", "\r\n> ", "> AT+CMGS=23\n"},
	{"0011000C914819214365870000AA05E8329BFD06\x1a",
	    "0011000C914819214365870000AA05E8329BFD06\r\n+CMS ERROR: 38\r\n",
	    "< >\n> <40 octets>\n< +CMS ERROR: 38\n"},
	{"AT+CPIN=\"1234\"\r", "AT+CPIN=\"1234\"\r\nERROR\r\n",
	    "> AT+CPIN=...\n< ERROR\n"},
	{"AT+CPIN=1234\r", "+CME ERROR: incorrect password\r\n",
	    "> AT+CPIN=...\n< +CME ERROR: incorrect password\n"},
	{"AT+CPIN?\r", "+CPIN: READY\r\nOK\r\n",
	    "> AT+CPIN?\n< +CPIN: READY\n< OK\n"},
	{"AT+CLCK=\"SC\",1,\"1234\"\r", "OK\r\n", "> AT+CLCK=...\n< OK\n"},
	{"AT+CPWD=\"SC\",\"1234\",\"4321\"\r", "OK\r\n",
	    "> AT+CPWD=...\n< OK\n"},
	{"AT+CGSN\r", "356938030000013\r\nOK\r\n",
	    "> AT+CGSN\n< <15 octets>\n< OK\n"},
	{"AT+CCID\r", "+CCID: 8984012345678901234\r\nOK\r\n",
	    "> AT+CCID\n< +CCID: <19 digits>\n< OK\n"},
	{"AT+CSCA?\r", "+CSCA: \"+84912345678\",145\r\nOK\r\n",
	    "> AT+CSCA?\n< +CSCA: ...\n< OK\n"},
	{"AT+CUSD=1,\"*101*1234#\",15\r", "OK\r\n",
	    "> AT+CUSD=1,...\n< OK\n"},
	{NULL, "+CUSD: 1,\"So du\r\ncua 84912345678\r\nla 5.000d\",15\r\n",
	    "< +CUSD: 1,...\n< <15 octets>\n< <13 octets>\n"},
	{NULL, "+CUSD: 0,OK So du 5000\r\n", "< +CUSD: 0,...\n"},
	{NULL, "+CMT: \"0912345678\",,\"26/11/27\"\r\nToi la An\r\n",
	    "< +CMT: ...\n< <9 octets>\n"},
	{NULL, "+CDS: 24\r\n079148\r\n07914809123456789012\r\n",
	    "< +CDS: 24\n< <6 octets>\n< <20 octets>\n"},
	{NULL, "RING\r\n+CLIP: \"0912345678\",129\r\n",
	    "< RING\n< +CLIP: ...\n"},
	{NULL, "^NEWS: 0912345678,\"Nguyen Van An, 12\"\r\n",
	    "< ^NEWS: <10 digits>,\"...\"\n"},
	{"AT+COPS?\r", "+COPS: 0,0,\"Viettel\",7\r\nOK\r\n",
	    "> AT+COPS?\n< +COPS: 0,0,\"Viettel\",7\n< OK\n"},
	{"ATI\r", "Quectel\r\nEC25\r\nIMEI: 356938030000013\r\nOK\r\n",
	    "> ATI\n< Quectel\n< EC25\n< IMEI: <15 digits>\n< OK\n"},
	{"AT+CGMM\r", "Quectel\r\nOK\r\n",
	    "> AT+CGMM\n< <7 octets>\n< OK\n"},
	{"Xin chao An\x1a", "", "> <11 octets>\n"},
};

static void
issue12_8_numbers_pins_and_texts_are_masked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *shown;
		const char *said = cases[i].said != NULL ? cases[i].said : "";

		dialogue_gather(strcmp(said, "ATI\r") == 0);
		if (*said != '\0')
			dialogue_said(said, strlen(said));
		dialogue_heard(cases[i].heard, strlen(cases[i].heard));
		dialogue_gather_end();
		shown = dialogue_take();
		assert_string_equal(shown, cases[i].shown);
		free(shown);
	}
}

/* It neither grows nor breaks, whatever comes. */
static void
issue12_8_a_flood_leaves_the_last_lines(void **state)
{
	unsigned seed = 12;
	char *text;
	size_t n = 1;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		char c;

		seed = seed * 1103515245 + 12345;
		c = (char)(seed >> 16);
		if (i % 3 == 0)
			dialogue_said(&c, 1);
		else
			dialogue_heard(&c, 1);
	}
	dialogue_heard("\r\n+LAST: 1\r\n", 12);
	text = dialogue_text();
	for (const char *p = text; *p != '\0'; p++)
		n += *p == '\n';
	assert_int_equal(n, 24);
	assert_true(strlen(text) < 24 * 96);
	assert_string_equal(strrchr(text, '\n') + 1, "< +LAST: 1");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issue12_8_numbers_pins_and_texts_are_masked),
		cmocka_unit_test(issue12_8_a_flood_leaves_the_last_lines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
