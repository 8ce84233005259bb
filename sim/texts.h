/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Owns the file of what was sent: one JSON object per line, each written
 * at once, so that a test can follow the file while it grows.
 */
#ifndef SIM_TEXTS_H
#define SIM_TEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/pdu.h"

struct texts;

/* Appends to path. NULL: it can't be opened (logged). */
struct texts *texts_open(const char *path);
void texts_close(struct texts *);

/* One submit. Times: CLOCK_MONOTONIC, microseconds, 0 for "did not come".
 * result: "ok", "cms 38", "cme 14", "error", "lost", "taken". */
struct segment_record {
	const char *modem;
	const char *from;
	const struct submit *submit;
	const char *to;
	bool is_duplicate;
	const char *result;
	int64_t command_us;
	int64_t prompt_us;
	int64_t pdu_us;
	int64_t reply_us;
};

void texts_write_segment(struct texts *, const struct segment_record *);

/* One whole text on a phone. */
struct text_record {
	const char *modem;
	const char *from;
	const char *to;
	const char *text;
	const char *coding;
	unsigned segments;
	bool is_duplicate;
	uint64_t id;
	int64_t arrived_us;
};

void texts_write_text(struct texts *, const struct text_record *);

#endif
