/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From SUBMIT to RESULT. The order of journal and modem is what makes a
 * text go out once:
 *
 *	intent appended and synced	before GSM_SendSMS
 *	intent of the next segment	while the present one is on the air
 *	result appended			before the next GSM_SendSMS
 *
 * A sync covers all that was appended before it, so a segment costs one
 * fdatasync, and that one is hidden behind the network's time.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/phone.h"
#include "journal/journal.h"
#include "worker/ear.h"
#include "worker/pause.h"
#include "worker/pdu.h"
#include "worker/restart.h"
#include "worker/worker.h"

/* GSM_SendSMS waits 30 s for the prompt, and twice 9 s for CMGF before the
 * first text. */
#define SEND_CALL_MS 50000
/* A text behind one that has no answer for so long goes elsewhere. */
#define SILENT_MS 4000

static const struct proto_submit *
submit_of(const struct text *t)
{
	return &t->frame.submit;
}

static void
text_free(struct text *t)
{
	if (t == NULL)
		return;
	segments_clear(&t->segments);
	proto_clear(&t->frame);
	free(t);
}

/* The first segment from `from` on that is not out yet; n: none. */
static unsigned
next_segment(const struct text *t, unsigned from)
{
	while (from < t->segments.n &&
	    (submit_of(t)->done >> from & 1) != 0)
		from++;
	return from;
}

static uint8_t
reference_of(const struct text *t, unsigned index)
{
	const struct proto_bytes *r = &submit_of(t)->references;

	return index < r->n ? r->data[index] : 0;
}

/* --- what the daemon and the journal hear -------------------------------- */

static char sent_reason[] = "";

static struct proto
make_result(const struct worker *w, const struct text *t, unsigned index,
    enum outcome outcome, const char *reason)
{
	const struct proto_submit *s = submit_of(t);
	struct proto p = {.type = PROTO_TYPE_RESULT};

	p.result.message = s->message;
	p.result.fence = s->fence;
	p.result.segment = index + 1;
	p.result.segments = t->segments.n;
	p.result.outcome = outcome;
	p.result.reason = xstrdup(reason); /* report() frees it */
	p.result.reference = reference_of(t, index);
	p.result.phone = s->phone;
	p.result.about = s->about;
	p.result.imsi = xstrdup(w->id.imsi);
	p.result.begun_at = t->begun_at;
	p.result.at = clock_wall_ms();
	return p;
}

static void
log_result(const struct worker *w, const struct proto_result *r)
{
	char phone[PHONE_SIZE];

	log_info("segment", "modem=%s message=%s fence=%u segment=%u/%u "
	    "phone=%s outcome=%s code=%d reason=%s reference=%u",
	    w->config->modem, r->message, r->fence, r->segment,
	    r->segments, phone_mask(r->phone, phone),
	    outcome_name((enum outcome)r->outcome), r->code,
	    r->reason[0] != '\0' ? r->reason : "-", r->reference);
}

enum audience {
	TELL_BOTH,	/* journal first, then the daemon */
	TELL_JOURNAL,	/* closes an intent that nobody hears of */
	TELL_DAEMON,	/* there was no intent */
};

/* Frees what make_result() took. */
static void
report(struct worker *w, struct proto *p, enum audience audience)
{
	if (audience != TELL_DAEMON) {
		p->result.seq = journal_next_seq(w->journal);
		if (ledger_append(w, p) == -1)
			p->result.seq = 0;
	}
	if (p->result.outcome == OUTCOME_UNSENT)
		p->result.seq = 0;
	if (audience != TELL_JOURNAL) {
		log_result(w, &p->result);
		link_put(&w->link, p);
	}
	free(p->result.reason);
	free(p->result.imsi);
}

/* Closes an intent that was written ahead and will not be followed: to the
 * journal only, so that a replay does not take it for a lost text. */
static void
close_intent(struct worker *w)
{
	struct sending *s = &w->sending;
	struct proto p;

	if (s->intended == NULL)
		return;
	p = make_result(w, s->intended, s->intended_next, OUTCOME_UNSENT,
	    "given_up");
	s->intended = NULL;
	report(w, &p, TELL_JOURNAL);
}

/* The head of the queue is done with. */
static void
drop_head(struct worker *w)
{
	struct sending *s = &w->sending;

	if (s->intended == s->texts[0])
		close_intent(w);
	text_free(s->texts[0]);
	s->n--;
	s->texts[0] = s->texts[1];
	s->texts[1] = NULL;
}

static void
tell_unsent(struct worker *w, const struct text *t, const char *reason)
{
	struct proto p = make_result(w, t, t->next, OUTCOME_UNSENT, reason);

	report(w, &p, TELL_DAEMON);
}

/* --- intents ------------------------------------------------------------- */

static int
intend(struct worker *w, const struct text *t, unsigned index)
{
	const struct proto_submit *s = submit_of(t);
	struct proto p = {.type = PROTO_TYPE_INTENT};

	p.intent.message = s->message;
	p.intent.fence = s->fence;
	p.intent.segment = index + 1;
	p.intent.segments = t->segments.n;
	p.intent.reference = reference_of(t, index);
	p.intent.phone = s->phone;
	p.intent.about = s->about;
	p.intent.imsi = w->id.imsi;
	if (ledger_reserve(w) == -1 || ledger_append(w, &p) == -1)
		return -1;
	w->sending.intended = t;
	w->sending.intended_next = index;
	w->sending.is_intent_safe = false;
	return 0;
}

/* What goes after the segment that is on the air; NULL: nothing yet. */
static const struct text *
after_this(const struct worker *w, unsigned *index)
{
	const struct text *t = w->sending.texts[0];

	*index = next_segment(t, t->next + 1);
	if (*index < t->segments.n)
		return t;
	t = w->sending.texts[1];
	*index = t != NULL ? t->next : 0;
	return t;
}

/* While one segment is on the air: the intent of what comes after it, and a
 * sync, which also covers the result of the segment before. */
static bool
intend_ahead(struct worker *w)
{
	struct sending *s = &w->sending;
	const struct text *next;
	unsigned index;

	if (s->intended != NULL || w->is_ending || w->ledger.is_broken)
		return false;
	next = after_this(w, &index);
	if (next != NULL)
		(void)intend(w, next, index);
	if (ledger_sync(w) == 0)
		s->is_intent_safe = s->intended != NULL;
	return s->intended != NULL;
}

/* --- the call ------------------------------------------------------------ */

/* The verdict on a segment: its RESULT, and what follows from it. */
static void
settle(struct worker *w, enum outcome outcome, int code, const char *reason,
    int reference)
{
	struct sending *s = &w->sending;
	struct text *t = s->texts[0];
	uint8_t wished = reference_of(t, t->next);
	struct proto p = make_result(w, t, t->next, outcome, reason);

	s->is_in_flight = false;
	p.result.code = code;
	if (outcome == OUTCOME_SENT && reference >= 0) {
		p.result.reference = (uint8_t)reference;
		p.result.reference_kept = reference == wished;
	}
	report(w, &p, TELL_BOTH);
	if (outcome != OUTCOME_SENT) {
		drop_head(w);
		return;
	}
	t->next = next_segment(t, t->next + 1);
	if (t->next >= t->segments.n)
		drop_head(w);
}

/* Was this refusal of the text, or of a modem that forgot its settings? It is
 * asked, so that a text that really can't be sent does not come back for
 * ever. */
static bool
is_set_up(struct worker *w)
{
	struct sending *s = &w->sending;
	bool is_right;

	s->is_in_flight = false;
	s->is_submitting = true;	/* its head stays where it is */
	is_right = restart_check(w);
	s->is_submitting = false;
	return is_right;
}

/* What the callback's number means. libgammu does not tell +CMS from +CME
 * ERROR; after AT+CMGS modems answer CMS, so it is called that. */
static void
settle_answer(struct worker *w)
{
	struct sending *s = &w->sending;
	char reason[32];

	if (s->status == 0) {
		settle(w, OUTCOME_SENT, 0, sent_reason, s->reference);
		return;
	}
	if (restart_explains(s->status) && !is_set_up(w)) {
		settle(w, OUTCOME_UNSENT, 0, "modem_restarted", -1);
		return;
	}
	if (s->status > 0)
		(void)snprintf(reason, sizeof(reason), "cms_%d", s->status);
	else
		(void)snprintf(reason, sizeof(reason), "error");
	settle(w, OUTCOME_REFUSED, s->status > 0 ? s->status : -1, reason,
	    -1);
}

/* A modem that errs before the prompt may need longer pauses. */
static void
slow_down(struct worker *w)
{
	uint32_t pace = pause_cap_ms();

	if (pace >= 500)
		return;
	pace = pace < 10 ? 20 : pace * 2;
	pause_cap(pace < 500 ? pace : 500);
	log_warning("modem_pace", "modem=%s pace_ms=%u text=\"raised after "
	    "an error before the prompt\"", w->config->modem,
	    pause_cap_ms());
}

/* GSM_SendSMS failed: Ctrl-Z was not written, so nothing was sent. */
static void
not_handed_over(struct worker *w, GSM_Error error)
{
	if (w->sending.is_answered) {
		/* The error came instead of the prompt; libgammu told it
		 * twice, we count it once. */
		if (w->sending.status < 0)
			slow_down(w);
		settle_answer(w);
		return;
	}
	log_error("send_failed", "modem=%s error=\"%s\"", w->config->modem,
	    GSM_ErrorString(error));
	if (error == ERR_DEVICEWRITEERROR || error == ERR_DEVICEREADERROR) {
		settle(w, OUTCOME_UNSENT, 0, "unplugged", -1);
		worker_fail(w, "gone");
		return;
	}
	slow_down(w);
	settle(w, OUTCOME_REFUSED, 0, "no_prompt", -1);
	worker_fail(w, "timeout");
}

static void
submit(struct worker *w)
{
	struct sending *s = &w->sending;
	struct text *t = s->texts[0];
	const struct proto_submit *m = submit_of(t);
	struct outgoing o = {
		.segments = &t->segments,
		.index = t->next,
		.phone = m->phone,
		.smsc = w->id.smsc,
		.concat_ref = (uint8_t)m->concat_ref,
		.reference = reference_of(t, t->next),
		.report = m->report,
		.reject_duplicates = m->reject_duplicates,
		.validity_ms = m->validity_ms,
	};
	GSM_SMSMessage sms;
	GSM_Error error;

	pdu_fill(&sms, &o);
	s->intended = NULL;
	s->is_answered = false;
	t->has_begun = true;
	t->begun_at = clock_wall_ms();
	s->is_submitting = true;
	worker_calling(w, "send", SEND_CALL_MS);
	ear_expect_prompt(w->tty, true);
	error = GSM_SendSMS(w->machine, &sms);
	ear_expect_prompt(w->tty, false);
	worker_called(w);
	s->is_submitting = false;
	if (error != ERR_NONE) {
		not_handed_over(w, error);
		return;
	}
	s->is_in_flight = true;
	s->silent_deadline = clock_mono_ms() + SILENT_MS;
	s->deadline = clock_mono_ms() + w->config->send_timeout_ms;
}

/* The head will not go on for now. */
static void
give_back_head(struct worker *w, const char *reason)
{
	tell_unsent(w, w->sending.texts[0], reason);
	drop_head(w);
}

/* The intent of the head's next segment, on disk. What was synced ahead is
 * not synced again, though the result behind it is only written: should the
 * machine crash now, a replay calls both unknown. */
static int
make_intent_safe(struct worker *w)
{
	struct sending *s = &w->sending;
	const struct text *t = s->texts[0];

	if (s->intended != t || s->intended_next != t->next) {
		close_intent(w);
		if (intend(w, t, t->next) == -1)
			return -1;
	}
	if (w->ledger.is_broken)
		return -1;
	if (!s->is_intent_safe && ledger_sync(w) == -1)
		return -1;
	s->is_intent_safe = true;
	return 0;
}

/* Nothing is on the air: the next segment, if it may still go. */
static bool
begin_segment(struct worker *w)
{
	struct sending *s = &w->sending;
	int64_t deadline = submit_of(s->texts[0])->lease_deadline;

	if (clock_mono_ms() >= deadline) {
		give_back_head(w, "lease");
		return true;
	}
	if (make_intent_safe(w) == -1) {
		give_back_head(w, "journal");
		return true;
	}
	/* A line that came in between would end libgammu's wait for the
	 * prompt. */
	if (!worker_drain(w)) {
		close_intent(w);
		worker_fail(w, "gone");
		return false;
	}
	/* It has just said that it restarted: work() looks first. */
	if (restart_wants_check(w))
		return true;
	/* The disk may have taken its time, or we were stopped. */
	if (clock_mono_ms() >= deadline) {
		give_back_head(w, "lease");
		return true;
	}
	submit(w);
	return true;
}

bool
send_step(struct worker *w)
{
	struct sending *s = &w->sending;

	if (w->is_failed || s->n == 0)
		return false;
	if (!s->is_in_flight)
		return begin_segment(w);
	if (s->is_answered) {
		settle_answer(w);
		return true;
	}
	if (w->has_restarted) {
		settle(w, OUTCOME_UNKNOWN, 0, "restarted", -1);
		worker_fail(w, "restarted");
		return false;
	}
	if (clock_mono_ms() >= s->deadline) {
		/* A late +CMGS would be credited to the next text. */
		settle(w, OUTCOME_UNKNOWN, 0, "silent", -1);
		worker_fail(w, "timeout");
		return false;
	}
	return intend_ahead(w);
}

void
send_answered(struct worker *w, int status, int reference)
{
	struct sending *s = &w->sending;

	if (s->n == 0 || s->is_answered) {
		log_warning("answer_late", "modem=%s status=%d reference=%d",
		    w->config->modem, status, reference);
		return;
	}
	s->is_answered = true;
	s->status = status;
	s->reference = reference;
}

/* --- coming and going ---------------------------------------------------- */

void
send_take(struct worker *w, struct proto *frame)
{
	struct sending *s = &w->sending;
	struct text *t = xcalloc(1, sizeof(*t));
	const char *fault = NULL;

	t->frame = *frame;
	frame->type = PROTO_NONE;
	if (segments_init(&t->segments, submit_of(t)->text) == -1)
		fault = "too_long";
	t->next = next_segment(t, 0);
	if (fault == NULL && t->next >= t->segments.n)
		fault = "nothing_left";
	if (fault == NULL && s->n == TEXTS_MAX)
		fault = "too_many";
	if (fault == NULL && w->is_ending)
		fault = "ending";
	if (fault != NULL) {
		tell_unsent(w, t, fault);
		text_free(t);
		return;
	}
	s->texts[s->n++] = t;
}

void
send_end_waiting(struct worker *w, const char *reason)
{
	struct sending *s = &w->sending;
	struct text *t;

	while (s->n > 0) {
		t = s->texts[s->n - 1];
		if (t->has_begun)
			break;
		if (s->intended == t)
			close_intent(w);
		tell_unsent(w, t, reason);
		text_free(t);
		s->texts[--s->n] = NULL;
	}
}

void
send_give_back(struct worker *w)
{
	struct sending *s = &w->sending;

	send_end_waiting(w, "modem_silent");
	if (s->n > 0 && !s->is_submitting && !s->is_in_flight)
		give_back_head(w, "modem_silent");
}

int64_t
send_waiting_deadline(const struct worker *w)
{
	const struct sending *s = &w->sending;
	int64_t lease;

	if (!s->is_in_flight || s->n < TEXTS_MAX || s->texts[1]->has_begun)
		return INT64_MAX;
	lease = submit_of(s->texts[1])->lease_deadline;
	return lease < s->silent_deadline ? lease : s->silent_deadline;
}

void
send_end(struct worker *w, const char *reason)
{
	struct sending *s = &w->sending;

	send_end_waiting(w, reason);
	if (s->is_in_flight && s->is_answered)
		settle_answer(w);
	else if (s->is_in_flight)
		settle(w, OUTCOME_UNKNOWN, 0, reason, -1);
	while (s->n > 0) {
		tell_unsent(w, s->texts[0], reason);
		drop_head(w);
	}
}
