/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * After a sign of a restart: finds out which settings are lost.
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

/* If the SIM does not answer, or answers otherwise, it wants no PIN. */
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
