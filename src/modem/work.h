/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a SIM's work of the last hour tells. If one number fails, the modem is
 * not at fault; if many different numbers fail, it is. Pure: the caller gives
 * the wall clock, and numbers as hashes.
 */
#ifndef MODEM_WORK_H
#define MODEM_WORK_H

#include <stdbool.h>
#include <stdint.h>

#define WORK_TRIES   256	/* kept: the newest of the last hour */
#define WORK_SILENT  10		/* phones in a row without a report */
#define WORK_REPORTS 5		/* so many reports: the SIM gets reports */

struct work_try {
	int64_t at;
	uint32_t phone;
	bool is_taken;		/* the network took it; else refused */
};

/* All zero: nothing is known. */
struct work {
	struct work_try tries[WORK_TRIES];	/* a ring buffer */
	unsigned n, next;
	unsigned in_a_row;		/* failures since the last success */
	unsigned asked, reported;	/* segments that want a report, and
					 * reports */
	int64_t failing_at;		/* time of the first of them */
	int64_t received_at;		/* the last text, call or report came */
	unsigned reports;		/* up to WORK_REPORTS */
	uint32_t silent[WORK_SILENT];	/* phones since the last report came */
	unsigned n_silent;
	int64_t silent_at;		/* when the first of them was sent to */
};

void work_taken(struct work *, uint32_t phone, bool wants_report,
    int64_t now);
void work_refused(struct work *, uint32_t phone, int64_t now);
void work_received(struct work *, int64_t now);
void work_reported(struct work *, int64_t now);

/* Counts the different numbers of the last hour, and those whose last try was
 * refused. Returns true when many were: five, and a third of all. */
bool work_many_refused(const struct work *, int64_t now, unsigned *refused,
    unsigned *tried);

/* For a SIM that used to get reports: how many phones in a row gave none.
 * Returns WORK_SILENT when the first of them has been waiting for ten minutes,
 * else 0. */
unsigned work_silent(const struct work *, int64_t now);

/* Did something come in after, or shortly before, its sends began to fail? */
bool work_receives(const struct work *);

/* Reports for each segment that wanted one, at most 1; -1: none did. */
double work_report_ratio(const struct work *);

/* The hash of a phone number. */
uint32_t work_hash(const char *text);

#endif
