/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One USSD session at a time, which the network or an operator began. The
 * daemon keeps its time and decides what is said.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/gsm7.h"
#include "worker/pdu.h"
#include "worker/worker.h"

/* libgammu waits 30 s, for modems that answer only when the network has. */
#define DIAL_MS	  60000
#define SWITCH_MS 45000

/* <m> of +CUSD */
#define STATUS_NOT_SUPPORTED 4
#define STATUS_MOST	     5

void
ussd_take(struct worker *w, const char *text, bool is_cancel)
{
	free(w->ussd.dial);
	w->ussd.dial = is_cancel ? NULL : xstrdup(text);
	if (is_cancel)
		w->ussd.wants_cancel = true;
}

void
ussd_clear(struct worker *w)
{
	free(w->ussd.dial);
	memset(&w->ussd, 0, sizeof(w->ussd));
}

/* --- from the network ---------------------------------------------------- */

static void
tell(struct worker *w, int status, char *text)
{
	struct proto p = {.type = PROTO_TYPE_USSD};

	p.ussd.status = (uint32_t)status;
	p.ussd.text = text;
	p.ussd.imsi = w->id.imsi;
	p.ussd.at = clock_wall_ms();
	log_info("ussd", "modem=%s status=%d octets=%zu", w->config->modem,
	    status, strlen(text));
	link_put(&w->link, &p);
}

static size_t
read_hex(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;
	unsigned octet;

	for (; *text != '\0'; text += 2) {
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]) || n == size)
			return 0;
		(void)sscanf(text, "%2x", &octet);
		out[n++] = (uint8_t)octet;
	}
	return n;
}

/* Only Latin letters and signs, as Vietnamese has them? */
static bool
is_latin_ucs2(const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		if (octets[i] > 0x01 && octets[i] != 0x03 &&
		    octets[i] != 0x1e && octets[i] != 0x20)
			return false;
	return n > 0 && n % 2 == 0;
}

static char *
unpack(const uint8_t *octets, size_t n)
{
	uint8_t septets[1024];
	int got = gsm7_unpack(octets, n, 0, n * 8 / 7 < sizeof(septets)
	    ? n * 8 / 7 : sizeof(septets), septets);

	/* CR fills the last octet up (3GPP TS 23.038 §6.1.2.3.1). */
	if (got > 0 && septets[got - 1] == '\r')
		got--;
	return gsm7_decode(septets, (size_t)got);
}

/* DCS 0x48 and its like: UCS-2 (3GPP TS 23.038 §5, groups 01xx and 1001). */
static bool
is_ucs2_dcs(int dcs)
{
	return dcs == 0x11 || ((dcs & 0xc0) == 0x40 && (dcs & 0x0c) == 0x08) ||
	    ((dcs & 0xf0) == 0x90 && (dcs & 0x0c) == 0x08);
}

char *
ussd_decode(const char *text, int dcs)
{
	uint8_t octets[768];
	size_t n = read_hex(text, octets, sizeof(octets));

	if (n >= 2 && n % 2 == 0 &&
	    (is_ucs2_dcs(dcs) || is_latin_ucs2(octets, n)))
		return ucs2_decode(octets, n);
	/* A number, typed as it is, is hexadecimal too. */
	if (n > 0 && text[strspn(text, "0123456789")] != '\0')
		return unpack(octets, n);
	return worker_clean(text);
}

void
ussd_stray(struct worker *w, const char *line)
{
	const char *begin = strchr(line, '"'), *end, *comma;
	int status = atoi(line + strlen("+CUSD:")), dcs = 15;
	char *raw, *text;

	if (status < 0 || status > STATUS_MOST)
		status = 0;
	end = begin != NULL ? strrchr(line, '"') : NULL;
	if (begin != NULL && end == begin)	/* its rest is another line */
		end = begin + strlen(begin);
	if (end != NULL && *end == '"' && (comma = strchr(end, ',')) != NULL)
		dcs = atoi(comma + 1);
	raw = begin == NULL ? xstrdup("")
	    : xstrndup(begin + 1, (size_t)(end - begin - 1));
	text = ussd_decode(raw, dcs);
	tell(w, status, text);
	free(text);
	free(raw);
}

void
ussd_cb(GSM_StateMachine *machine, GSM_USSDMessage *message, void *arg)
{
	char *text = pdu_number(message->Text, sizeof(message->Text));
	int status = (int)message->Status - (int)USSD_NoActionNeeded;

	(void)machine;
	tell(arg, status < 0 || status > STATUS_MOST ? 0 : status, text);
	free(text);
}

/* --- to the network ------------------------------------------------------ */

static void
cancel(struct worker *w)
{
	GSM_Error error;

	w->ussd.wants_cancel = false;
	worker_calling(w, "ussd_cancel", 2 * SWITCH_MS);
	error = GSM_SetIncomingUSSD(w->machine, FALSE);
	if (error != ERR_TIMEOUT)
		error = GSM_SetIncomingUSSD(w->machine, TRUE);
	worker_called(w);
	if (error == ERR_TIMEOUT)
		worker_fail(w, "timeout");
}

static void
dial(struct worker *w)
{
	char *text = w->ussd.dial;
	GSM_Error error;

	w->ussd.dial = NULL;
	worker_calling(w, "ussd", DIAL_MS);
	error = GSM_DialService(w->machine, text);
	worker_called(w);
	free(text);
	if (error == ERR_NONE)
		return;
	log_warning("ussd_failed", "modem=%s error=\"%s\"", w->config->modem,
	    GSM_ErrorString(error));
	if (error == ERR_TIMEOUT || error == ERR_DEVICEWRITEERROR) {
		worker_fail(w, error == ERR_TIMEOUT ? "timeout" : "gone");
		return;
	}
	text = xstrdup("");
	tell(w, STATUS_NOT_SUPPORTED, text);
	free(text);
}

bool
ussd_step(struct worker *w)
{
	if (w->ussd.wants_cancel)
		cancel(w);
	else if (w->ussd.dial != NULL)
		dial(w);
	else
		return false;
	return true;
}
