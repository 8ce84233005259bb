/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD: the operator's answers, the session of a modem, AT+CUSD's line
 * (3GPP TS 27.007 §7.15).
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/mem.h"
#include "sim/modem_state.h"
#include "sim/octets.h"
#include "sim/ussd.h"
#include "text/gsm7.h"

#define NETWORK_SESSION "net" /* the path of what the network began */

/* <m> of +CUSD. */
#define CUSD_DONE	   0
#define CUSD_ASKS	   1
#define CUSD_ENDED	   2
#define CUSD_NOT_SUPPORTED 4

#define DCS_GSM7 15
#define DCS_UCS2 72
#define DCS_8BIT 68

struct answer {
	TAILQ_ENTRY(answer) entry;
	char *path;
	char *text;
};

struct ussd_service {
	TAILQ_HEAD(, answer) answers;
};

struct ussd_service *
ussd_service_new(void)
{
	struct ussd_service *service = xcalloc(1, sizeof(*service));

	TAILQ_INIT(&service->answers);
	ussd_service_set(service, "*101#",
	    "TK goc: 45.200d, HSD 31/12/2027. TK KM: 0d.");
	return service;
}

void
ussd_service_free(struct ussd_service *service)
{
	struct answer *answer;

	if (service == NULL)
		return;
	while ((answer = TAILQ_FIRST(&service->answers)) != NULL) {
		TAILQ_REMOVE(&service->answers, answer, entry);
		free(answer->path);
		free(answer->text);
		free(answer);
	}
	free(service);
}

void
ussd_service_set(struct ussd_service *service, const char *path,
    const char *text)
{
	struct answer *answer;

	TAILQ_FOREACH (answer, &service->answers, entry) {
		if (strcmp(answer->path, path) == 0) {
			free(answer->text);
			answer->text = xstrdup(text);
			return;
		}
	}
	answer = xcalloc(1, sizeof(*answer));
	answer->path = xstrdup(path);
	answer->text = xstrdup(text);
	TAILQ_INSERT_TAIL(&service->answers, answer, entry);
}

const char *
ussd_service_answer(const struct ussd_service *service, const char *path,
    bool *asks)
{
	const struct answer *answer;
	const char *text = NULL;
	size_t n = strlen(path);

	*asks = false;
	TAILQ_FOREACH (answer, &service->answers, entry) {
		if (strcmp(answer->path, path) == 0)
			text = answer->text;
		else if (strncmp(answer->path, path, n) == 0 &&
		    answer->path[n] == '/')
			*asks = true;
	}
	return text;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if (!isascii((unsigned char)*text))
			return false;
	}
	return true;
}

static char *
to_hex(const uint8_t *octets, size_t n)
{
	char *hex = xmalloc(2 * n + 1);

	hex_encode(octets, n, hex);
	return hex;
}

/* GSM-7 as on the air (3GPP TS 23.038 §6.1.2.3), in hexadecimal; NULL: it is
 * not in that alphabet. */
static char *
to_packed(const char *text)
{
	uint8_t septets[USSD_TEXT_SIZE], octets[USSD_TEXT_SIZE];
	int n = gsm7_has_all(text)
	    ? gsm7_encode(text, septets, sizeof(septets) - 1) : -1;

	if (n < 0)
		return NULL;
	if (n % 8 == 7)
		septets[n++] = '\r';
	n = gsm7_pack(septets, (size_t)n, 0, octets, sizeof(octets));
	return n < 0 ? NULL : to_hex(octets, (size_t)n);
}

static char *
to_ucs2(const char *text)
{
	size_t n;
	uint8_t *octets = ucs2_encode(text, &n);
	char *hex = to_hex(octets, n);

	free(octets);
	return hex;
}

/* As the brand writes it: its characters, and *dcs (-1: not said). */
static char *
to_chars(const struct modem *modem, const char *text, int *dcs)
{
	char *chars = NULL;

	*dcs = DCS_GSM7;
	switch (modem->config.brand->ussd) {
	case USSD_PLAIN:
		break;
	case USSD_PACKED:
	case USSD_UNQUOTED:
		if (modem->config.brand->ussd == USSD_UNQUOTED)
			*dcs = -1;
		if ((chars = to_packed(text)) != NULL)
			return chars;
		break;
	case USSD_OCTETS:
		*dcs = DCS_8BIT;
		if (is_ascii(text))
			return to_hex((const uint8_t *)text, strlen(text));
		break;
	}
	if (!is_ascii(text)) {
		*dcs = DCS_UCS2;
		return to_ucs2(text);
	}
	*dcs = DCS_GSM7;
	chars = modem_to_cscs(modem, text);
	for (char *p = chars; *p != '\0'; p++)
		*p = *p == '"' ? '\'' : *p;
	return chars;
}

static void
show_ussd(struct modem *modem, int status, const char *text)
{
	char *chars;
	int dcs;

	if (modem->set.cusd != 1)
		return;
	chars = to_chars(modem, text, &dcs);
	if (dcs == -1)
		modem_urc(modem, "+CUSD: %d,%s", status, chars);
	else
		modem_urc(modem, "+CUSD: %d,\"%s\",%d", status, chars, dcs);
	free(chars);
}

void
ussd_timer_cb(int fd, short what, void *arg)
{
	struct modem *modem = arg;
	bool asks;
	const char *text = ussd_service_answer(modem->sim->ussd,
	    modem->ussd_path, &asks);

	(void)fd;
	(void)what;
	if (modem->keeps_ussd) {
		return;
	} else if (text != NULL) {
		show_ussd(modem, asks ? CUSD_ASKS : CUSD_DONE, text);
	} else if (modem->set.cusd == 1) {
		asks = false;
		modem_urc(modem, "+CUSD: %d",
		    strchr(modem->ussd_path, '/') != NULL
			? CUSD_ENDED : CUSD_NOT_SUPPORTED);
	}
	modem->is_in_ussd = asks;
}

int
modem_ussd(struct modem *modem, const char *text, bool asks, bool keeps)
{
	if (!modem_can_reach(modem) || modem->set.cusd != 1)
		return -1;
	(void)strcpy(modem->ussd_path, NETWORK_SESSION);
	modem->is_in_ussd = asks;
	modem->keeps_ussd = asks && keeps;
	show_ussd(modem, asks ? CUSD_ASKS : CUSD_DONE, text);
	return 0;
}

static int
dial(struct modem *modem, const char *typed)
{
	unsigned delay_ms = sim_delay_ms(modem->sim, modem->config.latency_ms,
	    modem->config.jitter_ms);
	struct timeval wait = {delay_ms / 1000, delay_ms % 1000 * 1000};
	size_t n = modem->is_in_ussd ? strlen(modem->ussd_path) : 0;

	if (!modem_can_reach(modem))
		return CME(30);
	if (!modem->is_in_ussd)
		modem->keeps_ussd = false;
	if (n + strlen(typed) + 2 > sizeof(modem->ussd_path))
		return CME(50);
	if (modem->is_in_ussd) {
		(void)snprintf(modem->ussd_reply, sizeof(modem->ussd_reply),
		    "%s", typed);
		(void)snprintf(modem->ussd_path + n,
		    sizeof(modem->ussd_path) - n, "/%s", typed);
	} else {
		(void)snprintf(modem->ussd_path, sizeof(modem->ussd_path),
		    "%s", typed);
	}
	if (modem->config.brand->is_ussd_early)
		ussd_timer_cb(-1, 0, modem);
	else
		(void)evtimer_add(modem->ussd_timer, &wait);
	return RESULT_OK;
}

/* Decodes what the line's user typed; it may also be packed hexadecimal, where
 * the brand wants it so (Huawei). */
static char *
from_brand(const struct modem *modem, const char *arg)
{
	uint8_t octets[USSD_TEXT_SIZE], septets[USSD_TEXT_SIZE];
	int n;

	if (modem->config.brand->ussd != USSD_PACKED)
		return modem_from_cscs(modem, arg);
	n = hex_decode(arg, octets, sizeof(octets));
	if (n < 1)
		return NULL;
	n = gsm7_unpack(octets, (size_t)n, 0, (size_t)n * 8 / 7, septets);
	if (n > 0 && septets[n - 1] == '\r')
		n--;
	return gsm7_decode(septets, (size_t)n);
}

int
ussd_run_cusd(struct modem *modem, const struct at_command *command)
{
	const char *cursor = command->args;
	char arg[USSD_TEXT_SIZE];
	char *typed;
	int mode = 0, result;

	if (command->kind != AT_SET)
		return command_int(modem, command, &modem->set.cusd, 2, "");
	if (at_arg_int(&cursor, &mode) != AT_ARG_GIVEN || mode > 2)
		return CME(50);
	if (mode == 2) {
		(void)event_del(modem->ussd_timer);
		modem->is_in_ussd = modem->keeps_ussd = false;
		return RESULT_OK;
	}
	modem->set.cusd = mode;
	switch (at_arg_string(&cursor, arg, sizeof(arg))) {
	case AT_ARG_NONE:
		return RESULT_OK;
	case AT_ARG_BAD:
		return CME(50);
	case AT_ARG_GIVEN:
		break;
	}
	typed = from_brand(modem, arg);
	if (typed == NULL)
		return CME(50);
	result = dial(modem, typed);
	free(typed);
	return result;
}
