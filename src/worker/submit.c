/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Gives segments to the modem. send.c decides which one and when.
 */
#include "worker/ear.h"
#include "worker/pdu.h"
#include "worker/restart.h"
#include "worker/submit.h"
#include "worker/worker.h"

/* GSM_SendSMS waits 30 s for the prompt and, before the first text, twice 9 s
 * for CMGF. */
#define SEND_CALL_MS 50000

static enum handover
submit(const struct outgoing *given, const char **error, void *arg)
{
	struct worker *w = arg;
	struct outgoing o = *given;
	GSM_SMSMessage sms;
	GSM_Error result;

	o.smsc = w->id.smsc;
	pdu_fill(&sms, &o);
	worker_calling(w, "send", SEND_CALL_MS);
	ear_expect_prompt(w->tty, true);
	result = GSM_SendSMS(w->machine, &sms);
	ear_expect_prompt(w->tty, false);
	worker_called(w);
	if (result == ERR_NONE)
		return HANDED_OVER;
	*error = GSM_ErrorString(result);
	return result == ERR_DEVICEWRITEERROR || result == ERR_DEVICEREADERROR
	    ? MODEM_GONE : NOT_HANDED_OVER;
}

static bool
drain(void *arg)
{
	return worker_drain(arg);
}

static bool
must_look(void *arg)
{
	return restart_wants_check(arg);
}

static bool
has_restarted(void *arg)
{
	const struct worker *w = arg;

	return w->has_restarted;
}

static bool
lost_settings(int status, void *arg)
{
	return restart_explains(status) && !restart_check(arg);
}

static void
failed(const char *reason, void *arg)
{
	worker_tell_dialogue(arg, reason);
}

static void
fail(const char *reason, void *arg)
{
	worker_fail(arg, reason);
}

const struct send_hooks submit_hooks = {
	.submit = submit,
	.drain = drain,
	.must_look = must_look,
	.has_restarted = has_restarted,
	.lost_settings = lost_settings,
	.failed = failed,
	.fail = fail,
};
