/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Counting a SIM's work.
 */
#include "modem/work.h"

#define HOUR_MS	   3600000
#define PATIENCE_MS 600000	/* wait for a report; also "shortly before" */
#define MANY	   5
#define SHARE	   3		/* one third counts as many */

/* FNV-1a, 32 bits. Two of a few hundred numbers with the same hash would not
 * change the verdict. */
uint32_t
work_hash(const char *text)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * UINT32_C(16777619);
	return hash;
}

static void
note_try(struct work *work, uint32_t phone, bool is_taken, int64_t now)
{
	work->tries[work->next] = (struct work_try){now, phone, is_taken};
	work->next = (work->next + 1) % WORK_TRIES;
	if (work->n < WORK_TRIES)
		work->n++;
}

static void
note_silence(struct work *work, uint32_t phone, int64_t now)
{
	for (unsigned i = 0; i < work->n_silent; i++)
		if (work->silent[i] == phone)
			return;
	if (work->n_silent == WORK_SILENT)
		return;
	if (work->n_silent == 0)
		work->silent_at = now;
	work->silent[work->n_silent++] = phone;
}

void
work_taken(struct work *work, uint32_t phone, bool wants_report, int64_t now)
{
	note_try(work, phone, true, now);
	work->in_a_row = 0;
	if (!wants_report)
		return;
	work->asked++;
	note_silence(work, phone, now);
}

void
work_refused(struct work *work, uint32_t phone, int64_t now)
{
	note_try(work, phone, false, now);
	if (work->in_a_row++ == 0)
		work->failing_at = now;
}

void
work_received(struct work *work, int64_t now)
{
	work->received_at = now;
}

void
work_reported(struct work *work, int64_t now)
{
	work_received(work, now);
	work->reported++;
	if (work->reports < WORK_REPORTS)
		work->reports++;
	work->n_silent = 0;
}

/* The try that is `back` before the newest one. */
static const struct work_try *
try_before(const struct work *work, unsigned back)
{
	return &work->tries[(work->next + WORK_TRIES - 1 - back) %
	    WORK_TRIES];
}

static bool
has_later(const struct work *work, unsigned back)
{
	uint32_t phone = try_before(work, back)->phone;

	for (unsigned i = 0; i < back; i++)
		if (try_before(work, i)->phone == phone)
			return true;
	return false;
}

bool
work_many_refused(const struct work *work, int64_t now, unsigned *refused,
    unsigned *tried)
{
	*refused = *tried = 0;
	for (unsigned i = 0; i < work->n; i++) {
		const struct work_try *try = try_before(work, i);

		if (now - try->at > HOUR_MS)
			break;
		if (has_later(work, i))
			continue;
		(*tried)++;
		*refused += !try->is_taken;
	}
	return *refused >= MANY && *refused * SHARE >= *tried;
}

unsigned
work_silent(const struct work *work, int64_t now)
{
	return work->reports == WORK_REPORTS &&
	    work->n_silent == WORK_SILENT &&
	    now - work->silent_at >= PATIENCE_MS ? WORK_SILENT : 0;
}

double
work_report_ratio(const struct work *work)
{
	if (work->asked == 0)
		return -1;
	return work->reported < work->asked
	    ? (double)work->reported / work->asked : 1;
}

bool
work_receives(const struct work *work)
{
	return work->in_a_row > 0 && work->received_at != 0 &&
	    work->received_at > work->failing_at - PATIENCE_MS;
}
