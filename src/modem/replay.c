/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads a modem's journal: at the start, while no worker holds it, and again
 * while a worker runs. Also decides when the worker compacts it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "journal/journal.h"
#include "modem/inside.h"

#define LOCK_POLL_MS  100
#define KEEP_EXTRA_MS 86400000 /* beyond a text's validity, for the journal */
#define TIDY_EVERY_MS 86400000
#define TIDY_LEAST    1048576 /* octets */

static void
hand_record(struct modem *modem, const struct proto *record)
{
	switch (record->type) {
	case PROTO_TYPE_RESULT:
		modem->hooks.on_result(modem, &record->result, modem->arg);
		break;
	case PROTO_TYPE_REPORT:
		modem->hooks.on_report(modem, &record->report, modem->arg);
		break;
	case PROTO_TYPE_INCOMING:
		modem->hooks.on_incoming(modem, &record->incoming,
		    modem->arg);
		break;
	case PROTO_TYPE_UNREADABLE:
		modem->hooks.on_unreadable(modem, &record->unreadable,
		    modem->arg);
		break;
	case PROTO_TYPE_RANG:
		modem->hooks.on_rang(modem, &record->rang, modem->arg);
		break;
	default:
		break;		/* nothing else is for the daemon */
	}
}

static void
on_replayed(const struct proto *record, void *arg)
{
	struct modem *modem = arg;

	metric_add(METRIC_JOURNAL_REPLAYED, 1);
	modem->is_replaying = true;
	hand_record(modem, record);
	modem->is_replaying = false;
}

/* Operators see the sum of what was reported at a start or after Redis lost
 * data: first by retelling, then by the replay. */
static void
note_replay(struct modem *modem, uint64_t after,
    const struct replay_counts *c)
{
	struct replay_counts *sum = &modem->replayed;

	if (!modem->is_retold)
		*sum = (struct replay_counts){0};
	sum->results += c->results;
	sum->reports += c->reports;
	sum->texts += c->texts;
	sum->calls += c->calls;
	sum->unknown += c->unknown;
	sum->unsent += c->unsent;
	modem->replayed_at = clock_wall_ms();
	log_info("replayed", "modem=%s after=%llu results=%u reports=%u "
	    "texts=%u calls=%u unknown=%u unsent=%u", modem->own->name,
	    (unsigned long long)after, c->results, c->reports, c->texts,
	    c->calls, c->unknown, c->unsent);
}

/* The journal can't be opened, and the cause is the disk, not the lock. */
static void
journal_failed(struct modem *modem)
{
	char text[320];

	(void)snprintf(text, sizeof(text), "%s: %s", modem->journal,
	    strerror(errno));
	modem_set_reason(modem, HEALTH_WORKER_JOURNAL, text);
	modem_go(modem, MODEM_DOWN);
	modem->hooks.on_journal(modem, false, text, modem->arg);
	modem->is_wanted = false;
	modem_arm(modem, modem->journal_wait_ms);
	modem->journal_wait_ms = modem->journal_wait_ms * 2 < WAIT_MOST_MS
	    ? modem->journal_wait_ms * 2 : WAIT_MOST_MS;
}

static int64_t
keep_since(const struct modem *modem)
{
	return clock_wall_ms() - modem->conf->notices.validity_ms -
	    KEEP_EXTRA_MS;
}

int64_t
modem_journal_size(const struct modem *modem)
{
	struct stat st;

	return stat(modem->journal, &st) == 0 ? st.st_size : 0;
}

static void
note_tidied(struct modem *modem)
{
	modem->tidy_at = clock_mono_ms();
	modem->tidy_size = modem_journal_size(modem);
}

void
modem_tidy(struct modem *modem)
{
	struct proto message = {.type = PROTO_TYPE_COMPACT};
	int64_t size;

	if (!modem_can_send(modem))
		return;
	size = modem_journal_size(modem);
	if (size < modem->tidy_size * 2 + TIDY_LEAST &&
	    clock_mono_ms() - modem->tidy_at < TIDY_EVERY_MS)
		return;
	message.compact.since_at = keep_since(modem);
	message.compact.confirmed = modem->heard_seq;
	modem_send(modem, &message);
	modem->tidy_at = clock_mono_ms();
	modem->tidy_size = size;
}

int
modem_replay(struct modem *modem, uint64_t after)
{
	static const struct replay_hooks hooks = {
		.on_record = on_replayed,
		.on_open_intent = on_replayed,
	};
	struct journal *journal = journal_open(modem->journal);
	struct replay_counts counts;

	if (journal == NULL && errno == EWOULDBLOCK) {
		modem->is_wanted = false;
		modem_arm(modem, LOCK_POLL_MS);
		return -1;
	}
	if (journal == NULL || journal_replay(journal, after, &hooks, modem,
	    &counts) == -1) {
		journal_failed(modem);
		journal_close(journal);
		return -1;
	}
	note_replay(modem, after, &counts);
	modem->is_retold = false;
	modem->heard_seq = journal_next_seq(journal) - 1;
	(void)journal_compact(journal, keep_since(modem), after);
	journal_close(journal);
	note_tidied(modem);
	modem->journal_wait_ms = DEVICE_POLL_MS;
	modem->hooks.on_journal(modem, true, "", modem->arg);
	return 0;
}

/* --- reporting again, while the worker lives ------------------------------ */

struct retelling {
	struct modem *modem;
	int n;
	unsigned n_unknown;
	bool is_of_hands;
};

static void
on_retold(const struct proto *record, void *arg)
{
	struct retelling *retelling = arg;

	if (retelling->is_of_hands)
		return;
	retelling->n++;
	on_replayed(record, retelling->modem);
}

static bool
is_in_flight(const struct modem *modem, const struct proto_result *result)
{
	for (unsigned i = 0; i < modem->n_flights; i++)
		if (modem->flights[i].fence == result->fence &&
		    strcmp(modem->flights[i].message, result->message) == 0)
			return true;
	return false;
}

/* An intent may have stayed open because the disk was full when its outcome was
 * known. Of a living worker, only the texts in its hands can still get an
 * outcome: any other one is unknown. */
static void
on_retold_open(const struct proto *record, void *arg)
{
	struct retelling *retelling = arg;
	struct modem *modem = retelling->modem;

	if (retelling->is_of_hands) {
		modem->hooks.on_in_hand(modem, record->result.imsi,
		    record->result.message, record->result.about,
		    record->result.fence, modem->arg);
	} else if (modem->process != NULL &&
	    record->result.outcome == OUTCOME_UNKNOWN &&
	    !is_in_flight(modem, &record->result)) {
		retelling->n++;
		retelling->n_unknown++;
		on_replayed(record, modem);
	}
}

static int
retell(struct modem *modem, uint64_t after, bool is_of_hands)
{
	static const struct replay_hooks hooks = {
		.on_record = on_retold,
		.on_open_intent = on_retold_open,
	};
	struct retelling retelling = {.modem = modem,
	    .is_of_hands = is_of_hands};
	struct replay_counts counts;
	struct journal *journal = journal_peek(modem->journal);
	int status;

	if (journal == NULL)
		return errno == ENOENT ? 0 : -1;
	status = journal_replay(journal, after, &hooks, &retelling,
	    &counts);
	journal_close(journal);
	if (status == -1)
		return -1;
	counts.unknown = retelling.n_unknown;	/* the others were not told */
	counts.unsent = 0;
	if (retelling.n > 0) {
		note_replay(modem, after, &counts);
		modem->is_retold = true;
	}
	return retelling.n;
}

int
modem_retell(struct modem *modem, uint64_t after)
{
	return retell(modem, after, false);
}

void
modem_tell_hands(struct modem *modem)
{
	/* A worker that an earlier daemon started may still be sending. */
	if (modem->process == NULL)
		(void)retell(modem, UINT64_MAX, true);
	for (unsigned i = 0; i < modem->n_flights; i++)
		modem->hooks.on_in_hand(modem, modem_imsi(modem),
		    modem->flights[i].message, modem->flights[i].about,
		    modem->flights[i].fence, modem->arg);
}
