/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading a journal back. Within one run of a worker (its HELLO record
 * begins it) texts go out one after the other, and at most one intent is
 * written ahead of its turn. So, of the open intents of a run, the first
 * may have reached the modem; one behind it was still waiting, as long as
 * the machine did not go down: then the first one's result may be what the
 * disk lost.
 *
 * An intent that was written ahead and then given up is closed by a RESULT
 * UNSENT, which is told to nobody. A replay closes those that it finds open
 * with what it makes of them.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipc/proto.h"
#include "journal/journal.h"
#include "journal/replay.h"

struct open_intent {
	struct proto_intent intent;
	int64_t at;
	unsigned run;
	bool is_this_boot;
	struct open_intent *next;
};

struct replay {
	const struct replay_hooks *hooks;
	void *arg;
	struct replay_counts *counts;
	uint64_t after;
	unsigned run;
	struct open_intent *first, **end;
};

static void
open_intent_free(struct open_intent *o)
{
	struct proto p = {.type = PROTO_TYPE_INTENT, .intent = o->intent};

	proto_clear(&p);
	free(o);
}

static void
note_intent(struct replay *r, struct proto *p,
    const struct journal_record *record)
{
	struct open_intent *o = xcalloc(1, sizeof(*o));

	o->intent = p->intent;
	o->at = record->at;
	o->run = r->run;
	o->is_this_boot = record->is_this_boot;
	*r->end = o;
	r->end = &o->next;
	p->type = PROTO_NONE; /* its strings are ours now */
}

/* A result answers every intent of the same segment and lease. */
static void
note_result(struct replay *r, const struct proto_result *result)
{
	struct open_intent **at = &r->first, *o;

	while ((o = *at) != NULL) {
		if (o->intent.segment != result->segment ||
		    o->intent.fence != result->fence ||
		    strcmp(o->intent.message, result->message) != 0) {
			at = &o->next;
			continue;
		}
		*at = o->next;
		open_intent_free(o);
	}
	r->end = at;
}

static void
tell_record(struct replay *r, const struct proto *p, uint64_t seq,
    unsigned *count)
{
	if (seq <= r->after)
		return;
	(*count)++;
	r->hooks->on_record(p, r->arg);
}

static void
take(struct replay *r, struct proto *p, const struct journal_record *record)
{
	uint64_t seq = record->seq;

	switch (p->type) {
	case PROTO_TYPE_HELLO:
		r->run++;
		break;
	case PROTO_TYPE_INTENT:
		note_intent(r, p, record);
		break;
	case PROTO_TYPE_RESULT:
		note_result(r, &p->result);
		p->result.seq = seq;
		if (p->result.outcome != OUTCOME_UNSENT)
			tell_record(r, p, seq, &r->counts->results);
		break;
	case PROTO_TYPE_REPORT:
		p->report.seq = seq;
		tell_record(r, p, seq, &r->counts->reports);
		break;
	case PROTO_TYPE_INCOMING:
		p->incoming.seq = seq;
		tell_record(r, p, seq, &r->counts->texts);
		break;
	case PROTO_TYPE_RANG:
		p->rang.seq = seq;
		tell_record(r, p, seq, &r->counts->calls);
		break;
	case PROTO_TYPE_UNREADABLE:
		p->unreadable.seq = seq;
		tell_record(r, p, seq, &r->counts->texts);
		break;
	case PROTO_TYPE_CONFIG:
	case PROTO_TYPE_SUBMIT:
	case PROTO_TYPE_QUERY:
	case PROTO_TYPE_SHUTDOWN:
	case PROTO_TYPE_DIAL:
	case PROTO_TYPE_SETTINGS:
	case PROTO_TYPE_USSD:
	case PROTO_TYPE_CALLING:
	case PROTO_TYPE_DETAIL:
	case PROTO_TYPE_DIALOGUE:
	case PROTO_TYPE_PROBE:
	case PROTO_TYPE_PROBED:
	case PROTO_TYPE_LOCKED:
	case PROTO_TYPE_READY:
	case PROTO_TYPE_HEALTH:
	case PROTO_TYPE_BYE:
	case PROTO_TYPE_COMPACT:
	case PROTO_TYPE_JOURNAL:
	case PROTO_NONE:
	case PROTO_TYPE_END:
		log_warning("journal_record", "seq=%llu type=%s "
		    "text=\"does not belong in a journal\"",
		    (unsigned long long)seq, proto_name(p->type));
		break;
	}
}

/* Octets of the last fields, which version 0.1.0 did not write. Zeros are an
 * empty string, and no moment. */
static size_t
octets_later(uint16_t type)
{
	switch (type) {
	case PROTO_TYPE_INTENT:	/* about */
	case PROTO_TYPE_RESULT:
		return 4;
	case PROTO_TYPE_REPORT:	/* sent_at, discharged_at */
		return 16;
	default:
		return 0;
	}
}

/* Also what an older version wrote. */
static int
decode(const struct journal_record *record, struct proto *out)
{
	size_t later = octets_later(record->type);
	uint8_t *longer;
	int status = proto_decode(record->type, record->payload, record->n,
	    out);

	if (status == 0 || later == 0)
		return status;
	longer = xcalloc(record->n + later, 1);
	if (record->n > 0)
		memcpy(longer, record->payload, record->n);
	status = proto_decode(record->type, longer, record->n + later, out);
	free(longer);
	return status;
}

static bool
replay_record(const struct journal_record *record, void *arg)
{
	struct proto p;

	if (decode(record, &p) == -1) {
		log_warning("journal_record", "seq=%llu type=%u "
		    "text=\"can't be decoded, passed over\"",
		    (unsigned long long)record->seq, record->type);
		return true;
	}
	take(arg, &p, record);
	proto_clear(&p);
	return true;
}

/* Closes the intent, so that no later replay tells it again. When that can't
 * be written, the outcome is told without a number. */
static void
close_open(struct journal *j, struct proto *p)
{
	uint64_t seq = journal_next_seq(j);
	uint8_t *data;
	size_t n;

	if (!journal_is_writable(j))
		return;		/* its worker may still close it */
	data = proto_encode(p, &n);
	if (journal_append(j, PROTO_TYPE_RESULT, data, n) == 0 &&
	    p->result.outcome != OUTCOME_UNSENT)
		p->result.seq = seq;
	free(data);
}

static void
tell_open(struct replay *r, struct journal *j, const struct open_intent *o,
    bool is_ahead)
{
	struct proto p = {.type = PROTO_TYPE_RESULT};
	char ahead[] = "not_begun", lost[] = "worker_died";

	p.result.message = o->intent.message;
	p.result.fence = o->intent.fence;
	p.result.segment = o->intent.segment;
	p.result.segments = o->intent.segments;
	p.result.outcome = is_ahead ? OUTCOME_UNSENT : OUTCOME_UNKNOWN;
	p.result.reason = is_ahead ? ahead : lost;
	p.result.reference = o->intent.reference;
	p.result.phone = o->intent.phone;
	p.result.about = o->intent.about;
	p.result.imsi = o->intent.imsi;
	p.result.begun_at = o->at;
	p.result.at = o->at;
	close_open(j, &p);
	if (is_ahead)
		r->counts->unsent++;
	else
		r->counts->unknown++;
	r->hooks->on_open_intent(&p, r->arg);
}

int
journal_replay(struct journal *j, uint64_t after,
    const struct replay_hooks *hooks, void *arg, struct replay_counts *counts)
{
	struct replay r = {.hooks = hooks, .arg = arg, .counts = counts,
	    .after = after};
	const struct open_intent *before = NULL;
	struct open_intent *o;
	int rc;

	*counts = (struct replay_counts){0};
	r.end = &r.first;
	rc = journal_each(j, replay_record, &r);
	for (o = r.first; rc == 0 && o != NULL; before = o, o = o->next)
		tell_open(&r, j, o, before != NULL && before->run == o->run &&
		    o->is_this_boot);
	while ((o = r.first) != NULL) {
		r.first = o->next;
		open_intent_free(o);
	}
	(void)journal_sync(j);
	return rc;
}
