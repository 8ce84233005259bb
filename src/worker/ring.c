/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An incoming call: who calls, and when the call is over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/caller.h"
#include "worker/ring.h"
#include "worker/worker.h"

/* A phone rings every 5 to 6 seconds (3GPP TS 22.001). After a longer silence
 * the call is over. */
#define RING_MS	  10000
#define RINGS_MAX 2
#define HANG_UP_MS 5000
#define CLIP_WAIT_MS 500	/* +CLIP follows its RING at once */

void
ring_clear(struct ring *r)
{
	free(r->caller);
	memset(r, 0, sizeof(*r));
}

/* The call is over, or as good as over: rejected, hung up, or silent for too
 * long. Only now the daemon gets it, because nobody can read an answer while
 * the telephone still rings. */
void
ring_end(struct worker *w)
{
	struct ring *r = &w->ring;

	r->ring_deadline = 0;
	r->ask_deadline = 0;
	r->wants_reject = false;
	if (r->caller == NULL)
		return;
	inbox_call(&w->inbox, r->caller, r->called_at);
	free(r->caller);
	r->caller = NULL;
}

int64_t
ring_deadline(const struct worker *w)
{
	return w->ring.caller != NULL ? w->ring.ring_deadline : INT64_MAX;
}

/* The phone rang once more. At the second ring the worker rejects the call: the
 * caller has heard it ring, and pays nothing. */
void
ring_count(struct worker *w)
{
	struct ring *r = &w->ring;
	int64_t now = clock_mono_ms();

	if (now >= r->ring_deadline) {
		ring_end(w);
		r->rings = 0;
	}
	r->ring_deadline = now + RING_MS;
	if (!w->config->missed_calls)
		return;
	if (r->caller == NULL && w->settings.has_clcc)
		r->ask_deadline = now + CLIP_WAIT_MS;
	if (++r->rings >= RINGS_MAX)
		r->wants_reject = true;
}

/* Notes the caller, once per call; "" when the number is withheld. */
void
ring_take(struct worker *w, const char *sender)
{
	struct ring *r = &w->ring;

	if (r->caller != NULL || !w->config->missed_calls)
		return;
	r->caller = xstrdup(sender);
	r->called_at = clock_wall_ms();
	r->ask_deadline = 0;
	if (*sender == '\0')
		return;
	r->has_known_caller = true;
	settings_lack(w, LACK_CALLS, false);
}

int64_t
ring_ask_deadline(const struct worker *w)
{
	return w->ring.ask_deadline != 0 ? w->ring.ask_deadline : INT64_MAX;
}

/* No +CLIP came. AT+CLCC may know the caller (3GPP TS 27.007 §7.18). */
static void
ask_caller(struct worker *w)
{
	struct ring *r = &w->ring;
	char number[64] = "";
	struct at_reply reply;
	enum at_verdict verdict = AT_ERROR;

	r->ask_deadline = 0;
	if (w->settings.has_clcc) {
		worker_calling(w, "who_calls", 2 * HANG_UP_MS);
		verdict = at_command(&w->at, "AT+CLCC", "+CLCC:", HANG_UP_MS,
		    &reply);
		worker_called(w);
	}
	if (verdict == AT_SILENT || verdict == AT_GONE)
		worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
	else if (verdict == AT_OK &&
	    caller_of_clcc(reply.text, number, sizeof(number)))
		ring_take(w, number);
}

/* Reject only a call that can be answered. If the modem has named a caller
 * before, a missing number now means that it is withheld. */
static bool
knows_caller(struct worker *w)
{
	struct ring *r = &w->ring;

	if (r->caller == NULL)
		ask_caller(w);
	if (r->caller != NULL || w->is_failed)
		return !w->is_failed;
	log_info("caller_unknown", "modem=%s rings=%u", w->config->modem,
	    r->rings);
	if (!r->has_known_caller)
		settings_lack(w, LACK_CALLS, true);
	return false;
}

/* Rejects with AT+CHUP (3GPP TS 27.007 §6.5), or with ATH where the modem does
 * not know it (ITU-T V.250 §6.3.6); never with ATA. */
static void
reject(struct worker *w)
{
	static const char *const commands[] = {"AT+CHUP", "ATH"};
	enum at_verdict verdict = AT_ERROR;
	struct at_reply reply;

	w->ring.wants_reject = false;
	if (!knows_caller(w))
		return;
	worker_calling(w, "hang_up", 2 * HANG_UP_MS);
	for (size_t i = 0; i < 2 && verdict != AT_OK; i++)
		verdict = at_command(&w->at, commands[i], "+CHUP:",
		    HANG_UP_MS, &reply);
	worker_called(w);
	if (verdict == AT_GONE)
		worker_fail(w, "gone");
	else if (verdict == AT_SILENT)
		worker_fail(w, "timeout");
	else
		log_info("rejected", "modem=%s rings=%u", w->config->modem,
		    w->ring.rings);
	ring_end(w);
}

bool
ring_step(struct worker *w)
{
	if (w->ring.wants_reject) {
		reject(w);
		return true;
	}
	if (clock_mono_ms() < ring_ask_deadline(w))
		return false;
	ask_caller(w);
	return true;
}
