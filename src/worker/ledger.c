/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeping the journal, and going on when it comes back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "worker/worker.h"

#define WAIT_FIRST_MS 500
#define WAIT_MOST_MS  5000
#define OWED_MAX      1000	/* then the newest are only told live */
#define COMPACT_MS    60000

struct owed {
	uint16_t type;
	uint8_t *data;
	size_t n;
};

static void
tell_daemon(struct worker *w, bool is_well, int error)
{
	struct proto p = {.type = PROTO_TYPE_JOURNAL};

	p.journal.is_well = is_well;
	p.journal.trouble = is_well ? xstrdup("")
	    : xasprintf("%s: %s", w->config->journal, strerror(error));
	link_put(&w->link, &p);
	proto_clear(&p);
}

static void
breaks(struct worker *w)
{
	struct ledger *l = &w->ledger;
	int error = errno;

	l->wait_ms = l->is_broken ? l->wait_ms * 2 : WAIT_FIRST_MS;
	if (l->wait_ms > WAIT_MOST_MS)
		l->wait_ms = WAIT_MOST_MS;
	l->retry_deadline = clock_mono_ms() + l->wait_ms;
	if (l->is_broken)
		return;
	l->is_broken = true;
	log_error("journal_stop", "modem=%s error=\"%s\" text=\"no text is "
	    "sent until it can be journalled\"", w->config->modem,
	    strerror(error));
	tell_daemon(w, false, error);
}

static void
owe(struct worker *w, uint16_t type, uint8_t *data, size_t n)
{
	struct ledger *l = &w->ledger;

	if (type == PROTO_TYPE_INTENT || l->n_owed == OWED_MAX) {
		free(data);
		return;
	}
	if (l->n_owed == l->room) {
		l->room = l->room * 2 + 8;
		l->owed = xreallocarray(l->owed, l->room, sizeof(*l->owed));
	}
	l->owed[l->n_owed++] = (struct owed){type, data, n};
}

int
ledger_append(struct worker *w, const struct proto *p)
{
	uint16_t type = (uint16_t)p->type;
	size_t n;
	uint8_t *data = proto_encode(p, &n);

	if (!w->ledger.is_broken) {
		if (journal_append(w->journal, type, data, n) == 0) {
			free(data);
			return 0;
		}
		breaks(w);
	}
	owe(w, type, data, n);
	return -1;
}

int
ledger_reserve(struct worker *w)
{
	if (w->ledger.is_broken)
		return -1;
	if (journal_reserve(w->journal) == 0)
		return 0;
	breaks(w);
	return -1;
}

int
ledger_sync(struct worker *w)
{
	if (w->ledger.is_broken)
		return -1;
	if (journal_sync(w->journal) == 0)
		return 0;
	breaks(w);
	return -1;
}

/* The owed records in their order. False: it broke again, the rest stays. */
static bool
pay(struct worker *w)
{
	struct ledger *l = &w->ledger;
	size_t done = 0;

	while (done < l->n_owed && journal_append(w->journal,
	    l->owed[done].type, l->owed[done].data, l->owed[done].n) == 0)
		free(l->owed[done++].data);
	l->n_owed -= done;
	memmove(l->owed, l->owed + done, l->n_owed * sizeof(*l->owed));
	return l->n_owed == 0 && journal_sync(w->journal) == 0;
}

static void
try_again(struct worker *w)
{
	struct ledger *l = &w->ledger;
	size_t owed = l->n_owed;

	if (journal_restore(w->journal) == -1 ||
	    (owed > 0 && !pay(w))) {
		breaks(w);
		return;
	}
	l->is_broken = false;
	log_info("journal_goes_on", "modem=%s owed=%zu", w->config->modem,
	    owed);
	tell_daemon(w, true, 0);
	/* What was left in the modem's memory meanwhile. */
	w->stored.wants_sweep = true;
}

void
ledger_mend(struct worker *w)
{
	if (w->ledger.is_broken &&
	    clock_mono_ms() >= w->ledger.retry_deadline)
		try_again(w);
}

void
ledger_tidy(struct worker *w)
{
	struct ledger *l = &w->ledger;
	off_t before;

	if (!l->wants_compact || l->is_broken)
		return;
	l->wants_compact = false;
	before = journal_size(w->journal);
	worker_calling(w, "compact", COMPACT_MS);
	if (journal_compact(w->journal, l->since_at, l->confirmed) == -1)
		breaks(w);
	else
		log_info("journal_compacted", "modem=%s before=%lld "
		    "after=%lld", w->config->modem, (long long)before,
		    (long long)journal_size(w->journal));
	worker_called(w);
}

void
ledger_end(struct worker *w)
{
	if (w->journal == NULL)
		return;
	if (w->ledger.is_broken)
		try_again(w);
	else
		(void)ledger_sync(w);
	if (w->ledger.n_owed > 0)
		log_error("journal_owed", "modem=%s records=%zu "
		    "text=\"these could not be written\"", w->config->modem,
		    w->ledger.n_owed);
}

void
ledger_clear(struct worker *w)
{
	for (size_t i = 0; i < w->ledger.n_owed; i++)
		free(w->ledger.owed[i].data);
	free(w->ledger.owed);
	memset(&w->ledger, 0, sizeof(w->ledger));
}
