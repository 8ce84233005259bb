/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The metric table of metric.def and its values.
 */
#include <assert.h>

#include "base/metric.h"

static const struct metric_row table[] = {
#define M(id, kind, label, text)                                              \
	{.type = METRIC_TYPE_##kind, .name = label, .help = text},
	METRICS(M)
#undef M
};

static int64_t values[METRIC_END];

const char *
metric_type_name(enum metric_type type)
{
	return type == METRIC_TYPE_COUNTER ? "counter" : "gauge";
}

void
metric_add(enum metric id, int64_t n)
{
	assert(n >= 0 || table[id].type == METRIC_TYPE_GAUGE);
	values[id] += n;
}

void
metric_set(enum metric id, int64_t value)
{
	assert(table[id].type == METRIC_TYPE_GAUGE);
	values[id] = value;
}

int64_t
metric_get(enum metric id)
{
	return values[id];
}

void
metric_each(void (*each)(const struct metric_row *, void *arg), void *arg)
{
	for (int i = 0; i < METRIC_END; i++) {
		struct metric_row row = table[i];

		row.value = values[i];
		each(&row, arg);
	}
}
