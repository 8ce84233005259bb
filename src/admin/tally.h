/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sums and quantiles of counters (redis/library/counts.lua).
 */
#ifndef ADMIN_TALLY_H
#define ADMIN_TALLY_H

#include <jansson.h>

/* Adds the counters of one day to sums. sums: {field: number}; flat: {agency,
 * day, field, value, …} as Redis answers. */
void tally_add(json_t *sums, const json_t *flat);

/* Adds all numbers of one object to another. */
void tally_merge(json_t *sums, const json_t *more);

/* {events, notices, reached, not_reached, waiting, on_time, late, median_s,
 * p95_s, lookups}: sums for people. A quantile of nothing is null. */
json_t *tally_view(const json_t *sums);

/* The other sums, by kind: {by_status, by_outcome, without_text, by_front}. */
json_t *tally_details(const json_t *sums);

#endif
