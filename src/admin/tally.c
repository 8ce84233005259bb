/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Counters by the first part of their names; delivered_<s> is a histogram.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "admin/tally.h"

/* How a notice may end, and whether its citizen was reached. */
static const struct {
	const char *field;
	bool is_reached;
} outcomes[] = {
	{"sent", true},
	{"undelivered", false},
	{"no_report", false},
	{"failed", false},
	{"expired", false},
	{"unknown", false},
	{"superseded", false},
	{"cancelled", false},
};

#define N_OUTCOMES (sizeof(outcomes) / sizeof(outcomes[0]))
#define N_MISSED   6	/* the rows before count as missed */

static void
add(json_t *sums, const char *field, json_int_t n)
{
	n += json_integer_value(json_object_get(sums, field));
	(void)json_object_set_new(sums, field, json_integer(n));
}

void
tally_add(json_t *sums, const json_t *flat)
{
	for (size_t i = 2; i + 1 < json_array_size(flat); i += 2) {
		const char *field = json_string_value(json_array_get(flat,
		    i));
		const char *value = json_string_value(json_array_get(flat,
		    i + 1));

		if (field != NULL && value != NULL)
			add(sums, field, strtoll(value, NULL, 10));
	}
}

/* jansson's iterators only read, but their type says that they may write. */
static json_t *
readable(const json_t *object)
{
	return (json_t *)(uintptr_t)object;
}

void
tally_merge(json_t *sums, const json_t *more)
{
	const char *field;
	json_t *value;

	json_object_foreach(readable(more), field, value)
		add(sums, field, json_integer_value(value));
}

/* The counters whose names begin with prefix, without it: {rest: number}. */
static json_t *
family(const json_t *sums, const char *prefix)
{
	json_t *out = json_object(), *value;
	size_t n = strlen(prefix);
	const char *field;

	json_object_foreach(readable(sums), field, value)
		if (strncmp(field, prefix, n) == 0)
			(void)json_object_set(out, field + n, value);
	return out;
}

static json_int_t
sum_of(const json_t *counts)
{
	json_int_t sum = 0;
	const char *field;
	json_t *value;

	json_object_foreach(readable(counts), field, value)
		sum += json_integer_value(value);
	return sum;
}

static json_int_t
family_sum(const json_t *sums, const char *prefix)
{
	json_t *counts = family(sums, prefix);
	json_int_t sum = sum_of(counts);

	json_decref(counts);
	return sum;
}

static json_int_t
get(const json_t *sums, const char *field)
{
	return json_integer_value(json_object_get(sums, field));
}

/* One bucket: those within so many seconds. */
struct bucket {
	int64_t seconds;
	json_int_t n;
};

static int
by_seconds(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	return x->seconds < y->seconds ? -1 : x->seconds > y->seconds;
}

/* Evenly spread within its bucket; null when nothing was delivered. */
static json_t *
quantile(const json_t *sums, double share)
{
	json_t *counts = family(sums, "delivered_"), *value;
	struct bucket buckets[64];
	size_t n = 0;
	const char *field;
	double wanted, below = 0;
	int64_t from = 0;
	json_t *out = json_null();

	json_object_foreach(counts, field, value) {
		if (n == sizeof(buckets) / sizeof(buckets[0]))
			break;
		buckets[n].seconds = strtoll(field, NULL, 10);
		buckets[n++].n = json_integer_value(value);
	}
	qsort(buckets, n, sizeof(buckets[0]), by_seconds);
	wanted = share * (double)sum_of(counts);
	for (size_t i = 0; i < n && json_is_null(out); i++) {
		double in = (double)buckets[i].n;

		if (in > 0 && below + in >= wanted)
			out = json_integer((json_int_t)((double)from +
			    (double)(buckets[i].seconds - from) *
			    (wanted - below) / in + 0.5));
		below += in;
		from = buckets[i].seconds;
	}
	json_decref(counts);
	return out;
}

json_t *
tally_view(const json_t *sums)
{
	json_int_t events = family_sum(sums, "event_");
	json_int_t notices = events + get(sums, "reminder") -
	    family_sum(sums, "suppressed_");
	json_int_t delivered = family_sum(sums, "delivered_");
	json_int_t missed = 0, ended = delivered, reached = delivered;

	for (size_t i = 0; i < N_OUTCOMES; i++) {
		json_int_t n = get(sums, outcomes[i].field);

		ended += n;
		if (outcomes[i].is_reached)
			reached += n;
		else if (i < N_MISSED)
			missed += n;
	}
	missed += get(sums, "suppressed_no_phone") +
	    get(sums, "suppressed_optout");
	return json_pack("{sI sI sI sI sI sI sI so so sI}",
	    "events", events, "notices", notices, "reached", reached,
	    "not_reached", missed, "waiting",
	    notices > ended ? notices - ended : 0,
	    "on_time", get(sums, "on_time"), "late", get(sums, "late"),
	    "median_s", quantile(sums, 0.5), "p95_s", quantile(sums, 0.95),
	    "lookups", family_sum(sums, "lookup_"));
}

json_t *
tally_details(const json_t *sums)
{
	json_t *ends = json_pack("{sI}", "delivered",
	    family_sum(sums, "delivered_"));

	for (size_t i = 0; i < N_OUTCOMES; i++)
		if (get(sums, outcomes[i].field) != 0)
			(void)json_object_set_new(ends, outcomes[i].field,
			    json_integer(get(sums, outcomes[i].field)));
	return json_pack("{so so so so}", "by_status", family(sums, "event_"),
	    "by_outcome", ends, "without_text", family(sums, "suppressed_"),
	    "by_front", family(sums, "lookup_"));
}
