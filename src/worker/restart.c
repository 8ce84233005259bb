/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The signs of a restart, and the look at what is left.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/restart.h"
#include "worker/worker.h"

#define CHECK_MS   30000
#define ASK_MS	   2500
#define AGAIN_MS   1000	/* a modem that says them all day is not asked more
			 * often */

/* Where nothing is said, the lines are of 3GPP TS 27.007 or of many. */
static const struct {
	const char *line;
	enum restart_sign sign;
} signs[] = {
	{"RDY", RESTART_SURE},			/* Quectel, SIM800 */
	{"POWERED DOWN", RESTART_SURE},
	{"NORMAL POWER DOWN", RESTART_SURE},
	{"^BOOT", RESTART_PERHAPS},		/* Huawei: all day */
	{"^SYSSTART", RESTART_SURE},		/* Cinterion */
	{"^SHUTDOWN", RESTART_SURE},
	{"*ATREADY", RESTART_SURE},		/* A7670 */
	{"MODEM:STARTUP", RESTART_SURE},	/* Fibocom */
	{"+MATREADY", RESTART_SURE},		/* ML307 */
	{"^SIMST:", RESTART_PERHAPS},
	{"+ZDONR:", RESTART_PERHAPS},		/* ZTE */
	{"+SIM READY", RESTART_PERHAPS},
	{"+PACSP", RESTART_PERHAPS},		/* Sierra */
	{"+PBREADY", RESTART_PERHAPS},
	{"+CPIN:", RESTART_PERHAPS},
	{"+CFUN:", RESTART_PERHAPS},
	{"+QIND: SMS DONE", RESTART_PERHAPS},
	{"+QIND: PB DONE", RESTART_PERHAPS},
	{"+QUSIM:", RESTART_PERHAPS},
	{"+SIM:", RESTART_PERHAPS},
	{"#QSS:", RESTART_PERHAPS},		/* Telit */
	{"SMS DONE", RESTART_PERHAPS},		/* SIMCom */
	{"PB DONE", RESTART_PERHAPS},
	{"SMS READY", RESTART_PERHAPS},		/* SIM800 */
	{"Call Ready", RESTART_PERHAPS},
	{"SMS Ready", RESTART_PERHAPS},
};

enum restart_sign
restart_sign(const char *line)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t n = strlen(signs[i].line);
		bool is_open = strchr(":^+*#", signs[i].line[0]) != NULL;

		if (strncmp(line, signs[i].line, n) == 0 &&
		    (is_open || line[n] == '\0'))
			return signs[i].sign;
	}
	return RESTART_NONE;
}

/* 3GPP TS 27.005 §3.2.5 and 27.007 §9.2: not allowed, not supported, a PDU or
 * text that the mode does not take, a PIN that is wanted. */
bool
restart_explains(int code)
{
	static const int codes[] = {
		-1, /* plain ERROR: AT+CMEE is gone, too */
		3, 4, 5, 11, 12, 17, 18, 302, 303, 304, 305, 310, 311, 312,
		316, 317, 318,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

void
restart_noted(struct worker *w, enum restart_sign sign)
{
	if (sign == RESTART_NONE)
		return;
	w->wants_check = true;
	w->has_restarted = w->has_restarted || sign == RESTART_SURE;
}

int64_t
restart_check_deadline(const struct worker *w)
{
	if (!w->wants_check || w->sending.is_in_flight)
		return INT64_MAX;
	return w->has_restarted ? 0 : w->checked_at + AGAIN_MS;
}

bool
restart_wants_check(const struct worker *w)
{
	return clock_mono_ms() >= restart_check_deadline(w);
}

/* A SIM that says nothing about it, or in another way, wants none. */
static bool
wants_pin(struct worker *w)
{
	struct at_reply reply;
	enum at_verdict verdict = at_command(&w->at, "AT+CPIN?", "+CPIN:",
	    ASK_MS, &reply);

	if (verdict == AT_GONE || verdict == AT_SILENT)
		worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
	if (verdict == AT_CODE)
		return reply.code == 11 || reply.code == 12;
	return verdict == AT_OK && (strstr(reply.text, "SIM PIN") != NULL ||
	    strstr(reply.text, "SIM PUK") != NULL) &&
	    strstr(reply.text, "PIN2") == NULL &&
	    strstr(reply.text, "PUK2") == NULL;
}

bool
restart_check(struct worker *w)
{
	const char *changed = NULL;

	w->wants_check = w->has_restarted = false;
	worker_calling(w, "check", CHECK_MS);
	if (wants_pin(w))
		changed = "pin";
	else if (!w->is_failed)
		changed = settings_changed(w);
	if (changed == NULL && !w->is_failed)
		(void)settings_renew(w, SETTING_CLIP);
	worker_called(w);
	w->checked_at = clock_mono_ms();
	if (changed != NULL) {
		log_warning("modem_restarted", "modem=%s setting=%s "
		    "text=\"it forgot what was set; a new worker sets it "
		    "up\"", w->config->modem, changed);
		worker_fail(w, "restarted");
	}
	return !w->is_failed;
}
