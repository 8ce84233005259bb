/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps the journal, and goes on with it when the disk works again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ipc/proto.h"
#include "journal/journal.h"
#include "worker/ledger.h"
#include "worker/link.h"

#define WAIT_FIRST_MS 500
#define WAIT_MOST_MS  5000
#define OWED_MAX      1000	/* beyond it, new ones only go to the daemon */

struct owed {
	uint16_t type;
	uint8_t *data;
	size_t n;
};

void
ledger_init(struct ledger *l, struct journal *journal, struct link *link,
    const char *modem, const char *path)
{
	l->journal = journal;
	l->link = link;
	l->modem = modem;
	l->path = path;
}

uint64_t
ledger_next_seq(const struct ledger *l)
{
	return journal_next_seq(l->journal);
}

static void
tell_daemon(struct ledger *l, bool is_well, int error)
{
	struct proto p = {.type = PROTO_TYPE_JOURNAL};

	p.journal.is_well = is_well;
	p.journal.trouble = is_well ? xstrdup("")
	    : xasprintf("%s: %s", l->path, strerror(error));
	link_put(l->link, &p);
	proto_clear(&p);
}

static void
breaks(struct ledger *l)
{
	int error = errno;

	l->wait_ms = l->is_broken ? l->wait_ms * 2 : WAIT_FIRST_MS;
	if (l->wait_ms > WAIT_MOST_MS)
		l->wait_ms = WAIT_MOST_MS;
	l->retry_deadline = clock_mono_ms() + l->wait_ms;
	if (l->is_broken)
		return;
	l->is_broken = true;
	log_error("journal_stop", "modem=%s error=\"%s\" text=\"no text is "
	    "sent until it can be journalled\"", l->modem,
	    strerror(error));
	tell_daemon(l, false, error);
}

static void
owe(struct ledger *l, uint16_t type, uint8_t *data, size_t n)
{

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
ledger_append(struct ledger *l, const struct proto *p)
{
	uint16_t type = (uint16_t)p->type;
	size_t n;
	uint8_t *data = proto_encode(p, &n);

	if (!l->is_broken) {
		if (journal_append(l->journal, type, data, n) == 0) {
			free(data);
			return 0;
		}
		breaks(l);
	}
	owe(l, type, data, n);
	return -1;
}

int
ledger_reserve(struct ledger *l)
{
	if (l->is_broken)
		return -1;
	if (journal_reserve(l->journal) == 0)
		return 0;
	breaks(l);
	return -1;
}

int
ledger_sync(struct ledger *l)
{
	if (l->is_broken)
		return -1;
	if (journal_sync(l->journal) == 0)
		return 0;
	breaks(l);
	return -1;
}

/* Writes the owed records in their order. Returns false when the journal broke
 * again; the rest stays owed. */
static bool
pay(struct ledger *l)
{
	size_t done = 0;

	while (done < l->n_owed && journal_append(l->journal,
	    l->owed[done].type, l->owed[done].data, l->owed[done].n) == 0)
		free(l->owed[done++].data);
	l->n_owed -= done;
	memmove(l->owed, l->owed + done, l->n_owed * sizeof(*l->owed));
	return l->n_owed == 0 && journal_sync(l->journal) == 0;
}

static void
try_again(struct ledger *l)
{
	size_t owed = l->n_owed;

	if (journal_restore(l->journal) == -1 ||
	    (owed > 0 && !pay(l))) {
		breaks(l);
		return;
	}
	l->is_broken = false;
	log_info("journal_goes_on", "modem=%s owed=%zu", l->modem,
	    owed);
	tell_daemon(l, true, 0);
}

bool
ledger_mend(struct ledger *l)
{
	if (!l->is_broken || clock_mono_ms() < l->retry_deadline)
		return false;
	try_again(l);
	return !l->is_broken;
}

bool
ledger_wants_tidy(const struct ledger *l)
{
	return l->wants_compact && !l->is_broken;
}

void
ledger_tidy(struct ledger *l)
{
	off_t before;

	if (!ledger_wants_tidy(l))
		return;
	l->wants_compact = false;
	before = journal_size(l->journal);
	if (journal_compact(l->journal, l->since_at, l->confirmed) == -1)
		breaks(l);
	else
		log_info("journal_compacted", "modem=%s before=%lld "
		    "after=%lld", l->modem, (long long)before,
		    (long long)journal_size(l->journal));
}

void
ledger_end(struct ledger *l)
{
	if (l->journal == NULL)
		return;
	if (l->is_broken)
		try_again(l);
	else
		(void)ledger_sync(l);
	if (l->n_owed > 0)
		log_error("journal_owed", "modem=%s records=%zu "
		    "text=\"these could not be written\"", l->modem,
		    l->n_owed);
}

void
ledger_clear(struct ledger *l)
{
	for (size_t i = 0; i < l->n_owed; i++)
		free(l->owed[i].data);
	free(l->owed);
	memset(l, 0, sizeof(*l));
}
