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
#include "worker/ledger.h"
#include "worker/link.h"
#include "worker/outgoing.h"
#include "worker/pause.h"
#include "worker/send.h"

/* A text behind one that has waited so long for its answer goes elsewhere. */
#define SILENT_MS 4000
/* How long a result waits, while the text after it is on the air, for the
 * intent of the next one: one sync for both. Mostly that comes at once. */
#define SYNC_MS 20

void
send_init(struct sending *s, struct ledger *ledger, struct link *link,
    const struct proto_config *config, char *imsi,
    const struct send_hooks *hooks, void *arg)
{
	s->ledger = ledger;
	s->link = link;
	s->hooks = hooks;
	s->arg = arg;
	s->modem = config->modem;
	s->imsi = imsi;
	s->timeout_ms = config->send_timeout_ms;
}

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

/* The first segment from `from` on that has not been sent; n: none. */
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

/* --- what goes to the journal and to the daemon --------------------------- */

static char sent_reason[] = "";

static struct proto
make_result(const struct sending *s, const struct text *t, unsigned index,
    enum outcome outcome, const char *reason)
{
	const struct proto_submit *m = submit_of(t);
	struct proto p = {.type = PROTO_TYPE_RESULT};

	p.result.message = m->message;
	p.result.fence = m->fence;
	p.result.segment = index + 1;
	p.result.segments = t->segments.n;
	p.result.outcome = outcome;
	p.result.reason = xstrdup(reason); /* report() frees it */
	p.result.reference = reference_of(t, index);
	p.result.phone = m->phone;
	p.result.about = m->about;
	p.result.imsi = xstrdup(s->imsi);
	p.result.begun_at = t->begun_at;
	p.result.at = clock_wall_ms();
	return p;
}

static void
log_result(const struct sending *s, const struct proto_result *r)
{
	char phone[PHONE_SIZE];

	log_info("segment", "modem=%s message=%s fence=%u segment=%u/%u "
	    "phone=%s outcome=%s code=%d reason=%s reference=%u",
	    s->modem, r->message, r->fence, r->segment,
	    r->segments, phone_mask(r->phone, phone),
	    outcome_name((enum outcome)r->outcome), r->code,
	    r->reason[0] != '\0' ? r->reason : "-", r->reference);
}

enum audience {
	TELL_BOTH,	/* journal first, then the daemon */
	TELL_JOURNAL,	/* closes an intent; the daemon does not need it */
	TELL_DAEMON,	/* there was no intent */
};

/* Frees what make_result() took. */
static void
report(struct sending *s, struct proto *p, enum audience audience)
{
	if (audience != TELL_DAEMON) {
		p->result.seq = ledger_next_seq(s->ledger);
		if (ledger_append(s->ledger, p) == -1)
			p->result.seq = 0;
	}
	if (p->result.outcome == OUTCOME_UNSENT)
		p->result.seq = 0;
	if (audience != TELL_JOURNAL) {
		log_result(s, &p->result);
		link_put(s->link, p);
		if (p->result.outcome == OUTCOME_REFUSED ||
		    p->result.outcome == OUTCOME_UNKNOWN)
			s->hooks->failed(p->result.reason, s->arg);
	}
	free(p->result.reason);
	free(p->result.imsi);
}

/* Closes an intent that was written ahead but will not be carried out. Only the
 * journal gets it, so that a replay does not take it for a lost text. */
static void
close_intent(struct sending *s)
{
	struct proto p;

	if (s->intended == NULL)
		return;
	p = make_result(s, s->intended, s->intended_next, OUTCOME_UNSENT,
	    "given_up");
	s->intended = NULL;
	report(s, &p, TELL_JOURNAL);
}

/* The first text of the queue is finished. */
static void
drop_head(struct sending *s)
{
	if (s->intended == s->texts[0])
		close_intent(s);
	text_free(s->texts[0]);
	s->n--;
	s->texts[0] = s->texts[1];
	s->texts[1] = NULL;
}

static void
tell_unsent(struct sending *s, const struct text *t, const char *reason)
{
	struct proto p = make_result(s, t, t->next, OUTCOME_UNSENT, reason);

	report(s, &p, TELL_DAEMON);
}

/* --- intents ------------------------------------------------------------- */

static int
intend(struct sending *s, const struct text *t, unsigned index)
{
	const struct proto_submit *m = submit_of(t);
	struct proto p = {.type = PROTO_TYPE_INTENT};

	p.intent.message = m->message;
	p.intent.fence = m->fence;
	p.intent.segment = index + 1;
	p.intent.segments = t->segments.n;
	p.intent.reference = reference_of(t, index);
	p.intent.phone = m->phone;
	p.intent.about = m->about;
	p.intent.imsi = s->imsi;
	if (ledger_reserve(s->ledger) == -1 ||
	    ledger_append(s->ledger, &p) == -1)
		return -1;
	s->intended = t;
	s->intended_next = index;
	s->is_intent_safe = false;
	return 0;
}

/* The segment that follows the one on the air; NULL: nothing yet. */
static const struct text *
after_this(const struct sending *s, unsigned *index)
{
	const struct text *t = s->texts[0];

	*index = next_segment(t, t->next + 1);
	if (*index < t->segments.n)
		return t;
	t = s->texts[1];
	*index = t != NULL ? t->next : 0;
	return t;
}

/* While one segment is on the air: writes the intent of the next one and syncs.
 * The sync also covers the result of the segment before. */
static bool
intend_ahead(struct sending *s)
{
	const struct text *next;
	unsigned index;

	if (s->intended != NULL || s->is_ending || s->ledger->is_broken)
		return false;
	next = after_this(s, &index);
	if (next != NULL)
		(void)intend(s, next, index);
	else if (clock_mono_ms() < s->sync_deadline)
		return false;
	s->sync_deadline = INT64_MAX;
	if (ledger_sync(s->ledger) == 0)
		s->is_intent_safe = s->intended != NULL;
	return s->intended != NULL;
}

/* --- the call ------------------------------------------------------------ */

/* Decides a segment's outcome: writes its RESULT and goes on to the next. */
static void
settle(struct sending *s, enum outcome outcome, int code, const char *reason,
    int reference)
{
	struct text *t = s->texts[0];
	uint8_t wished = reference_of(t, t->next);
	struct proto p = make_result(s, t, t->next, outcome, reason);

	s->is_in_flight = false;
	p.result.code = code;
	if (outcome == OUTCOME_SENT && reference >= 0) {
		p.result.reference = (uint8_t)reference;
		p.result.reference_kept = reference == wished;
	}
	report(s, &p, TELL_BOTH);
	if (outcome != OUTCOME_SENT) {
		drop_head(s);
		return;
	}
	t->next = next_segment(t, t->next + 1);
	if (t->next >= t->segments.n)
		drop_head(s);
}

/* Did the network refuse the text, or did the modem lose its settings? Asks
 * the modem, so that a text that really can't be sent does not come back for
 * ever. */
static bool
lost_settings(struct sending *s)
{
	bool is_lost;

	s->is_in_flight = false;
	s->is_submitting = true;	/* texts[0] stays where it is */
	is_lost = s->hooks->lost_settings(s->status, s->arg);
	s->is_submitting = false;
	return is_lost;
}

/* Turns the callback's number into an outcome. libgammu does not tell +CMS from
 * +CME ERROR. After AT+CMGS modems answer with CMS, so the reason says CMS. */
static void
settle_answer(struct sending *s)
{
	char reason[32];

	if (s->status == 0) {
		settle(s, OUTCOME_SENT, 0, sent_reason, s->reference);
		return;
	}
	if (lost_settings(s)) {
		settle(s, OUTCOME_UNSENT, 0, "modem_restarted", -1);
		return;
	}
	if (s->status > 0)
		(void)snprintf(reason, sizeof(reason), "cms_%d", s->status);
	else
		(void)snprintf(reason, sizeof(reason), "error");
	settle(s, OUTCOME_REFUSED, s->status > 0 ? s->status : -1, reason,
	    -1);
}

/* A modem that fails before the prompt may need longer pauses. */
static void
slow_down(struct sending *s)
{
	uint32_t pace = pause_cap_ms();

	if (pace >= 500)
		return;
	pace = pace < 10 ? 20 : pace * 2;
	pause_cap(pace < 500 ? pace : 500);
	log_warning("modem_pace", "modem=%s pace_ms=%u text=\"raised after "
	    "an error before the prompt\"", s->modem,
	    pause_cap_ms());
}

/* The modem did not get as far as Ctrl-Z, so nothing was sent. */
static void
not_handed_over(struct sending *s, enum handover end, const char *error)
{
	if (s->is_answered) {
		/* The error came instead of the prompt. libgammu reports it
		 * twice; we count it once. */
		if (s->status < 0)
			slow_down(s);
		settle_answer(s);
		return;
	}
	log_error("send_failed", "modem=%s error=\"%s\"", s->modem, error);
	if (end == MODEM_GONE) {
		settle(s, OUTCOME_UNSENT, 0, "unplugged", -1);
		s->hooks->fail("gone", s->arg);
		return;
	}
	slow_down(s);
	settle(s, OUTCOME_REFUSED, 0, "no_prompt", -1);
	s->hooks->fail("timeout", s->arg);
}

static void
submit(struct sending *s)
{
	struct text *t = s->texts[0];
	const struct proto_submit *m = submit_of(t);
	const struct outgoing o = {
		.segments = &t->segments,
		.index = t->next,
		.phone = m->phone,
		.concat_ref = (uint8_t)m->concat_ref,
		.reference = reference_of(t, t->next),
		.report = m->report,
		.reject_duplicates = m->reject_duplicates,
		.validity_ms = m->validity_ms,
	};
	const char *error = "";
	enum handover end;

	s->intended = NULL;
	s->is_answered = false;
	t->has_begun = true;
	t->begun_at = clock_wall_ms();
	s->is_submitting = true;
	end = s->hooks->submit(&o, &error, s->arg);
	s->is_submitting = false;
	if (end != HANDED_OVER) {
		not_handed_over(s, end, error);
		return;
	}
	s->is_in_flight = true;
	s->sync_deadline = clock_mono_ms() + SYNC_MS;
	s->silent_deadline = clock_mono_ms() + SILENT_MS;
	s->deadline = clock_mono_ms() + s->timeout_ms;
}

/* The first text can't go on now. */
static void
give_back_head(struct sending *s, const char *reason)
{
	tell_unsent(s, s->texts[0], reason);
	drop_head(s);
}

/* Makes sure that the intent of the first text's next segment is on disk. An
 * intent that was synced ahead is not synced again, although the result
 * behind it is only written: if the machine crashes now, a replay calls both
 * unknown. */
static int
make_intent_safe(struct sending *s)
{
	const struct text *t = s->texts[0];

	if (s->intended != t || s->intended_next != t->next) {
		close_intent(s);
		if (intend(s, t, t->next) == -1)
			return -1;
	}
	if (s->ledger->is_broken)
		return -1;
	if (!s->is_intent_safe && ledger_sync(s->ledger) == -1)
		return -1;
	s->is_intent_safe = true;
	return 0;
}

/* Nothing is on the air: gives the next segment to the modem, if it may still
 * go. */
static bool
begin_segment(struct sending *s)
{
	int64_t deadline = submit_of(s->texts[0])->lease_deadline;

	if (clock_mono_ms() >= deadline) {
		give_back_head(s, "lease");
		return true;
	}
	if (make_intent_safe(s) == -1) {
		give_back_head(s, "journal");
		return true;
	}
	/* A line that came since would end libgammu's wait for the prompt. */
	if (!s->hooks->drain(s->arg)) {
		close_intent(s);
		s->hooks->fail("gone", s->arg);
		return false;
	}
	/* The modem has just said that it restarted: work() checks it first. */
	if (s->hooks->must_look(s->arg))
		return true;
	/* The disk may have been slow, or this process was stopped. */
	if (clock_mono_ms() >= deadline) {
		give_back_head(s, "lease");
		return true;
	}
	submit(s);
	return true;
}

bool
send_step(struct sending *s)
{
	if (s->n == 0)
		return false;
	if (!s->is_in_flight)
		return begin_segment(s);
	if (s->is_answered) {
		settle_answer(s);
		return true;
	}
	if (s->hooks->has_restarted(s->arg)) {
		settle(s, OUTCOME_UNKNOWN, 0, "restarted", -1);
		s->hooks->fail("restarted", s->arg);
		return false;
	}
	if (clock_mono_ms() >= s->deadline) {
		/* A late +CMGS would count for the next text, so end the
		 * session. */
		settle(s, OUTCOME_UNKNOWN, 0, "silent", -1);
		s->hooks->fail("timeout", s->arg);
		return false;
	}
	return intend_ahead(s);
}

void
send_answered(struct sending *s, int status, int reference)
{
	if (s->n == 0 || s->is_answered) {
		log_warning("answer_late", "modem=%s status=%d reference=%d",
		    s->modem, status, reference);
		return;
	}
	s->is_answered = true;
	s->status = status;
	s->reference = reference;
}

/* --- coming and going ---------------------------------------------------- */

void
send_take(struct sending *s, struct proto *frame)
{
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
	if (fault == NULL && s->is_ending)
		fault = "ending";
	if (fault != NULL) {
		tell_unsent(s, t, fault);
		text_free(t);
		return;
	}
	s->texts[s->n++] = t;
}

void
send_end_waiting(struct sending *s, const char *reason)
{
	struct text *t;

	while (s->n > 0) {
		t = s->texts[s->n - 1];
		if (t->has_begun)
			break;
		if (s->intended == t)
			close_intent(s);
		tell_unsent(s, t, reason);
		text_free(t);
		s->texts[--s->n] = NULL;
	}
}

void
send_give_back(struct sending *s)
{
	send_end_waiting(s, "modem_silent");
	if (s->n > 0 && !s->is_submitting && !s->is_in_flight)
		give_back_head(s, "modem_silent");
}

int64_t
send_sync_deadline(const struct sending *s)
{
	return s->is_in_flight && s->intended == NULL && !s->is_ending &&
	    !s->ledger->is_broken ? s->sync_deadline : INT64_MAX;
}

int64_t
send_waiting_deadline(const struct sending *s)
{
	int64_t lease;

	if (!s->is_in_flight || s->n < TEXTS_MAX || s->texts[1]->has_begun)
		return INT64_MAX;
	lease = submit_of(s->texts[1])->lease_deadline;
	return lease < s->silent_deadline ? lease : s->silent_deadline;
}

void
send_end(struct sending *s, const char *reason)
{
	send_end_waiting(s, reason);
	if (s->is_in_flight && s->is_answered)
		settle_answer(s);
	else if (s->is_in_flight)
		settle(s, OUTCOME_UNKNOWN, 0, reason, -1);
	while (s->n > 0) {
		tell_unsent(s, s->texts[0], reason);
		drop_head(s);
	}
}
