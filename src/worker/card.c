/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of many makers for the same facts, as tables.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unistr.h>

#include "base/mem.h"
#include "text/gsm7.h"
#include "worker/card.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define ICCID_MIN 15
#define ICCID_MAX 20
#define TRIES_MAX 10	/* a PUK has ten tries */

/* --- its state ----------------------------------------------------------- */

/* When the modem asks for "SIM PIN2" or "SIM PUK2", the first PIN is done:
 * 27.007 §8.3 has these words only where a command asked for PIN 2. */
static const struct {
	const char *word;
	enum card_state state;
} words[] = {
	{"READY", CARD_READY},
	{"SIM PIN2", CARD_READY},
	{"SIM PUK2", CARD_READY},
	{"SIM PIN", CARD_PIN},
	{"SIM PUK", CARD_PUK},
	{"NOT READY", CARD_NOT_YET},
	{"SIM NOT READY", CARD_NOT_YET},
	{"SIM BUSY", CARD_NOT_YET},
	{"BUSY", CARD_NOT_YET},
	{"SIM FAILURE", CARD_NOT_YET},
	{"SIM WRONG", CARD_NOT_YET},
	{"ERROR", CARD_NOT_YET},
	{"UNKNOWN", CARD_NOT_YET},
	{"WAIT", CARD_NOT_YET},
	{"INIT", CARD_NOT_YET},
	{"", CARD_NOT_YET},
	{"NOT INSERTED", CARD_NONE},
	{"SIM NOT INSERTED", CARD_NONE},
	{"NOT INSERT", CARD_NONE},
	{"SIM NOT INSERT", CARD_NONE},
	{"NO SIM", CARD_NONE},
	{"NO CARD", CARD_NONE},
	{"NOSIM", CARD_NONE},
	{"SIM ABSENT", CARD_NONE},
	{"ABSENT", CARD_NONE},
	{"SIM REMOVED", CARD_NONE},
	{"REMOVED", CARD_NONE},
	{"BLOCKED", CARD_BLOCKED},
	{"SIM BLOCKED", CARD_BLOCKED},
	{"SIM PUK BLOCKED", CARD_BLOCKED},
	{"PUK BLOCKED", CARD_BLOCKED},
	{"SIM BLOCK", CARD_BLOCKED},
	{"SIM PERM BLOCKED", CARD_BLOCKED},
};

enum card_state
card_state_of(const char *word)
{
	size_t n;

	word += strspn(word, " \t");
	n = strlen(word);
	while (n > 0 && (word[n - 1] == ' ' || word[n - 1] == '\t'))
		n--;
	for (size_t i = 0; i < COUNT(words); i++)
		if (strlen(words[i].word) == n &&
		    strncasecmp(word, words[i].word, n) == 0)
			return words[i].state;
	/* PH-SIM PIN, PH-NET PUK and so on */
	return CARD_OTHER;
}

enum card_state
card_state_of_error(int number)
{
	switch (number) {
	case 10: case 310:
		return CARD_NONE;
	case 11: case 311:
		return CARD_PIN;
	case 12: case 316:
		return CARD_PUK;
	case 17: case 18: case 317: case 318:
		return CARD_READY;
	case 5: case 6: case 7: case 312:
		return CARD_OTHER;
	default: /* a number from the modem */
		return number >= 40 && number <= 48 ? CARD_OTHER
		    : CARD_NOT_YET;
	}
}

/* --- its number ---------------------------------------------------------- */

static const struct card_question iccid_questions[] = {
	{"AT+CCID", "+CCID", 0, false},
	{"AT+ICCID", "+ICCID", 0, false},
	{"AT+QCCID", "+QCCID", 0, false},
	{"AT+CICCID", "+ICCID", 0, false},	/* SIMCom */
	{"AT^ICCID?", "^ICCID", 0, false},	/* Huawei */
	{"AT#CCID", "#CCID", 0, false},		/* Telit */
	{"AT!ICCID?", "!ICCID", 0, false},	/* Sierra */
	{"AT+ZGETICCID", "+ZGETICCID", 0, false}, /* ZTE */
	{"AT^SCID", "^SCID", 0, false},		/* Cinterion */
	/* READ BINARY of EF-ICCID (27.007 §8.18, 31.102 §4.2.2) */
	{"AT+CRSM=176,12258,0,0,10", "+CRSM", 2, true},
};

const struct card_question *
card_iccid_question(unsigned index)
{
	return index < COUNT(iccid_questions) ? &iccid_questions[index] : NULL;
}

/* The field's hexadecimal digits, from the first one on. */
static size_t
take_hex(const struct card_question *q, const struct at_reply *reply,
    char *out, size_t size)
{
	char text[128];
	const char *p = text;
	size_t n = 0;

	(void)at_field(reply, q->field, text, sizeof(text));
	while (*p != '\0' && !isdigit((unsigned char)*p))
		p++;
	for (; isxdigit((unsigned char)*p) && n + 1 < size; p++)
		out[n++] = (char)toupper((unsigned char)*p);
	out[n] = '\0';
	return n;
}

bool
card_iccid(const struct card_question *q, const struct at_reply *reply,
    char *out, size_t size)
{
	char digits[2 * ICCID_MAX];
	size_t n = take_hex(q, reply, digits, sizeof(digits));

	if (q->is_swapped && (at_number(reply, 0, 0) != 144 || n % 2 != 0))
		return false;
	for (size_t i = 0; q->is_swapped && i < n; i += 2) {
		char first = digits[i];

		digits[i] = digits[i + 1];
		digits[i + 1] = first;
	}
	while (n > 0 && digits[n - 1] == 'F')
		n--;
	if (n < ICCID_MIN || n > ICCID_MAX || n >= size)
		return false;
	memcpy(out, digits, n);
	out[n] = '\0';
	return true;
}

/* --- tries left ---------------------------------------------------------- */

#define FIELD_OF_CPINR 1000	/* behind "SIM PIN" */
#define FIELD_OF_CARD  1001	/* the card's status word */

static const struct card_question tries_questions[] = {
	{"AT+CPINR=\"SIM PIN\"", "+CPINR:", FIELD_OF_CPINR, false},
	{"AT+CPINR", "+CPINR:", FIELD_OF_CPINR, false},
	/* VERIFY without a PIN (ETSI TS 102 221 §11.1.9) */
	{"AT+CSIM=10,\"0020000100\"", "+CSIM:", FIELD_OF_CARD, false},
	{"AT+SPIC", "+SPIC:", 0, false},	/* SIMCom: pin,puk,pin2,puk2 */
	{"AT+QPINC?", "+QPINC:", 1, false},	/* Quectel: "SC",pin,puk */
	{"AT+QTRPIN", "+QTRPIN:", 0, false},
	{"AT^CPIN?", "^CPIN:", 3, false},	/* Huawei: state,n,puk,pin */
	{"AT+ZPINPUK=?", "+ZPINPUK:", 0, false}, /* ZTE */
	{"AT+CPINC?", "+CPINC:", 0, false},	/* Sierra */
	{"AT#PCT", "#PCT:", 0, false},		/* Telit: of what is asked */
	{"AT+UPINCNT", "+UPINCNT:", 0, false},	/* u-blox */
	{"AT^SPIC", "^SPIC:", 0, false},	/* Cinterion: the same */
	{"AT+XPINCNT", "+XPINCNT:", 0, false},	/* Intel */
	{"AT*EPIN?", "*EPIN:", 0, false},
	{"AT+EPINC", "+EPINC:", 0, false},
	{"AT%PINNUM?", "%PINNUM:", 0, false},
	{"AT_OERCN?", "_OERCN:", 0, false},
};

const struct card_question *
card_tries_question(unsigned index)
{
	return index < COUNT(tries_questions) ? &tries_questions[index] : NULL;
}

static int
in_range(int tries)
{
	return tries >= 0 && tries <= TRIES_MAX ? tries : -1;
}

/* "+CPINR: SIM PIN,2,3" (§8.65), the name perhaps in quotes. */
static int
tries_of_cpinr(const char *text)
{
	const char *p = strstr(text, "SIM PIN");
	int tries;

	while (p != NULL && p[strlen("SIM PIN")] == '2')
		p = strstr(p + 1, "SIM PIN");
	if (p == NULL)
		return -1;
	p += strlen("SIM PIN");
	p += strspn(p, "\", ");
	return sscanf(p, "%d", &tries) == 1 ? in_range(tries) : -1;
}

/* 63Cx: x tries are left. 6983: none. 9000 (no PIN is asked for) gives no
 * number. */
static int
tries_of_card(const struct at_reply *reply)
{
	char word[32];
	size_t n;

	(void)at_field(reply, 1, word, sizeof(word));
	n = strlen(word);
	if (n < 4)
		return -1;
	if (strcmp(word + n - 4, "6983") == 0)
		return 0;
	if (strncasecmp(word + n - 4, "63C", 3) != 0 ||
	    !isxdigit((unsigned char)word[n - 1]))
		return -1;
	return in_range((int)strtol(word + n - 1, NULL, 16));
}

int
card_tries(const struct card_question *q, const struct at_reply *reply)
{
	if (q->field == FIELD_OF_CPINR)
		return tries_of_cpinr(reply->text);
	if (q->field == FIELD_OF_CARD)
		return tries_of_card(reply);
	return in_range(at_number(reply, q->field, -1));
}

/* --- texts --------------------------------------------------------------- */

/* Checks for Latin letters and signs, written as four digits each. */
static bool
is_latin_hex(const char *text)
{
	size_t n = strlen(text);

	if (n < 8 || n % 4 != 0 ||
	    strspn(text, "0123456789ABCDEFabcdef") != n)
		return false;
	for (; *text != '\0'; text += 4)
		if (strncmp(text, "00", 2) != 0 &&
		    strncmp(text, "01", 2) != 0 &&
		    strncasecmp(text, "1E", 2) != 0)
			return false;
	return true;
}

char *
card_text(const char *text)
{
	size_t n = strlen(text) / 2;
	uint8_t *octets;
	unsigned octet;
	char *out;

	if (!is_latin_hex(text)) {
		const uint8_t *s = (const uint8_t *)text;
		const uint8_t *bad = u8_check(s, strlen(text));

		return xstrndup(text, bad != NULL ? (size_t)(bad - s)
		    : strlen(text));
	}
	octets = xmalloc(n);
	for (size_t i = 0; i < n; i++) {
		(void)sscanf(text + 2 * i, "%2x", &octet);
		octets[i] = (uint8_t)octet;
	}
	out = ucs2_decode(octets, n);
	free(octets);
	return out;
}

/* --- numbers ------------------------------------------------------------- */

/* Converts hexadecimal that stands for a plus and digits, `width` hexadecimal
 * digits for each. Returns 0 when it is something else. */
static size_t
unhex(const char *text, size_t width, char *out, size_t size)
{
	size_t n = 0, length = strlen(text);

	if (length == 0 || length % width != 0 || length / width >= size)
		return 0;
	for (; *text != '\0'; text += width) {
		unsigned value = 0;

		for (size_t i = 0; i < width; i++) {
			if (!isxdigit((unsigned char)text[i]))
				return 0;
			value = value * 16 + (unsigned)(isdigit(
			    (unsigned char)text[i]) ? text[i] - '0'
			    : tolower((unsigned char)text[i]) - 'a' + 10);
		}
		if (!(value >= '0' && value <= '9') &&
		    !(value == '+' && n == 0))
			return 0;
		out[n++] = (char)value;
	}
	out[n] = '\0';
	return n;
}

void
card_plain_number(const char *text, int type, char *out, size_t size)
{
	char number[64];
	const char *plus = "";

	/* A number has at most 15 digits (ITU-T E.164). A longer one that makes
	 * sense as hexadecimal is hexadecimal. */
	if (unhex(text, 4, number, sizeof(number)) == 0 &&
	    (strlen(text) < 16 ||
	    unhex(text, 2, number, sizeof(number)) == 0))
		(void)snprintf(number, sizeof(number), "%s", text);
	if (number[0] != '+' && number[0] != '\0' && (type & 0x70) == 0x10)
		plus = "+";
	if (strspn(number + (number[0] == '+'), "0123456789") !=
	    strlen(number + (number[0] == '+')) ||
	    strcmp(number, "+") == 0)
		number[0] = '\0';
	if (number[0] == '\0')
		plus = "";
	(void)snprintf(out, size, "%s%s", plus, number);
}

bool
card_digits(const struct at_reply *reply, size_t min, char *out, size_t size)
{
	const char *p = reply->text;
	size_t n = 0;

	if (*p == '+' || *p == '^')
		p += strcspn(p, ":");
	while (*p != '\0' && !isdigit((unsigned char)*p))
		p++;
	while (isdigit((unsigned char)p[n]) && n + 1 < size)
		n++;
	if (n < min)
		return false;
	memcpy(out, p, n);
	out[n] = '\0';
	return true;
}

void
card_number(const struct at_reply *reply, unsigned field, char *out,
    size_t size)
{
	char text[128];

	(void)at_field(reply, field, text, sizeof(text));
	card_plain_number(text, at_number(reply, field + 1, 129), out, size);
}
