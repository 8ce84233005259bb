/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One USSD session at a time, begun by the network or by an operator. The
 * daemon watches its time and decides what is sent.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/pdu.h"
#include "worker/ussd_text.h"
#include "worker/worker.h"

/* Some modems say OK only after the network's answer. */
#define DIAL_MS	  60000
#define SWITCH_MS 15000

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

static bool
speaks_ucs2(const struct worker *w)
{
	return w->ussd.is_ucs2 ||
	    strcmp(w->settings.taken[SETTING_CSCS], "UCS2") == 0;
}

/* --- from the network ---------------------------------------------------- */

static void
tell_ussd(struct worker *w, int status, char *text)
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

void
ussd_stray(struct worker *w, const char *line)
{
	int status;
	char *text = ussd_read(line, speaks_ucs2(w), &status);

	w->ussd.is_waiting = false;
	tell_ussd(w, status, text);
	free(text);
}

void
ussd_cb(GSM_StateMachine *machine, GSM_USSDMessage *message, void *arg)
{
	char *text = pdu_number(message->Text, sizeof(message->Text));
	int status = (int)message->Status - (int)USSD_NoActionNeeded;

	(void)machine;
	tell_ussd(arg, status < 0 || status > STATUS_MOST ? 0 : status, text);
	free(text);
}

/* --- to the network ------------------------------------------------------ */

/* Returns false when the modem is silent or gone: then the worker has
 * failed. */
static bool
dial_step(struct worker *w, const char *command, int64_t ms,
    enum at_verdict *verdict)
{
	struct at_reply reply;

	*verdict = at_command(&w->at, command, "+CUSD-", ms, &reply);
	if (*verdict != AT_SILENT && *verdict != AT_GONE)
		return true;
	worker_fail(w, *verdict == AT_GONE ? "gone" : "timeout");
	return false;
}

/* AT+CUSD=2 ends the session (3GPP TS 27.007 §7.15). Some modems need
 * AT+CUSD=0, and with some, either one undoes AT+CUSD=1. */
static void
cancel(struct worker *w)
{
	enum at_verdict verdict;

	w->ussd.wants_cancel = false;
	w->ussd.is_waiting = false;
	worker_calling(w, "ussd_cancel", 3 * SWITCH_MS);
	if (dial_step(w, "AT+CUSD=2", SWITCH_MS, &verdict) &&
	    dial_step(w, "AT+CUSD=0", SWITCH_MS, &verdict))
		(void)settings_renew(w, SETTING_CUSD);
	worker_called(w);
}

/* Some makers' modems want GSM-7 packed as on the air, whatever AT+CSCS
 * says. */
static bool
wants_packed(struct worker *w)
{
	char maker[GSM_MAX_MANUFACTURER_LENGTH + 1] = "";

	(void)GSM_GetManufacturer(w->machine, maker);
	return strncasecmp(maker, "huawei", strlen("huawei")) == 0;
}

/* Writes the text as <str> in the character set of AT+CSCS (3GPP TS 27.007
 * §7.15, §5.5). If the text can't be typed in that set (a line end), switches
 * to UCS2 until dial() is done. The caller frees. Returns NULL: the worker has
 * failed. */
static char *
encode(struct worker *w, const char *text)
{
	enum at_verdict verdict;

	if (wants_packed(w))
		return ussd_pack(text);
	if (speaks_ucs2(w))
		return ussd_ucs2(text);
	if (ussd_is_plain(text))
		return xstrdup(text);
	/* From here on the network may send something. */
	w->ussd.is_ucs2 = true;
	if (!dial_step(w, "AT+CSCS=\"UCS2\"", SWITCH_MS, &verdict))
		return NULL;
	w->ussd.is_ucs2 = verdict == AT_OK;
	return w->ussd.is_ucs2 ? ussd_ucs2(text) : ussd_flat(text);
}

/* Returns false when the worker has failed. */
static bool
dial_chars(struct worker *w, const char *chars)
{
	char *command = xasprintf("AT+CUSD=1,\"%s\",15", chars);
	enum at_verdict verdict;
	char empty[] = "";
	bool is_alive;

	w->ussd.is_waiting = true;
	is_alive = dial_step(w, command, DIAL_MS, &verdict);
	if (is_alive && verdict != AT_OK) {
		log_warning("ussd_failed", "modem=%s", w->config->modem);
		w->ussd.is_waiting = false;
		tell_ussd(w, STATUS_NOT_SUPPORTED, empty);
	}
	free(command);
	return is_alive;
}

static void
dial(struct worker *w)
{
	char *chars;

	worker_calling(w, "ussd", DIAL_MS + 2 * SWITCH_MS);
	chars = encode(w, w->ussd.dial);
	free(w->ussd.dial);
	w->ussd.dial = NULL;
	if (chars != NULL && dial_chars(w, chars) && w->ussd.is_ucs2)
		(void)settings_renew(w, SETTING_CSCS);
	w->ussd.is_ucs2 = false;
	worker_called(w);
	free(chars);
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
