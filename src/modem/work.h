/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a SIM's work of the last hour says of it. One number that fails is no
 * fault of the modem; many different ones are. Pure: the caller brings the
 * wall clock, and numbers as hashes.
 */
#ifndef MODEM_WORK_H
#define MODEM_WORK_H

#include <stdbool.h>
#include <stdint.h>

#define WORK_TRIES   256	/* of the last hour, the newest */
#define WORK_SILENT  10		/* phones without a report, in a row */
#define WORK_REPORTS 5		/* reports that make it one which has them */

struct work_try {
	int64_t at;
	uint32_t phone;
	bool is_taken;		/* else refused */
};

/* Zeroed: nothing is known. */
struct work {
	struct work_try tries[WORK_TRIES];	/* a ring */
	unsigned n, next;
	unsigned in_a_row;		/* failures since the last success */
	int64_t failing_at;		/* the first of them */
	int64_t received_at;		/* a text, a call, a report */
	unsigned reports;		/* up to WORK_REPORTS */
	uint32_t silent[WORK_SILENT];	/* phones since the last report */
	unsigned n_silent;
	int64_t silent_at;		/* the first of them was sent then */
};

void work_taken(struct work *, uint32_t phone, bool wants_report,
    int64_t now);
void work_refused(struct work *, uint32_t phone, int64_t now);
void work_received(struct work *, int64_t now);
void work_reported(struct work *, int64_t now);

/* The different numbers of the last hour, and those of them whose last try
 * was refused. True when these are many: five, and a third of all. */
bool work_many_refused(const struct work *, int64_t now, unsigned *refused,
    unsigned *tried);

/* Phones in a row without a report, of a SIM that used to get them: 0, or
 * WORK_SILENT when the first of them has waited for ten minutes. */
unsigned work_silent(const struct work *, int64_t now);

/* Has something come in since, or shortly before, its sends began to fail? */
bool work_receives(const struct work *);

/* For numbers. */
uint32_t work_hash(const char *text);

#endif
