/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The numbers that this process counts. All start at 0; whoever sees
 * something happen adds to it, and the outlets walk the table.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdint.h>

#include "base/metric.def"

enum metric {
#define M(id, type, name, help) METRIC_##id,
	METRICS(M)
#undef M
	METRIC_END,
};

enum metric_type {
	METRIC_TYPE_COUNTER,	/* never goes down */
	METRIC_TYPE_GAUGE,
};

const char *metric_type_name(enum metric_type);

void metric_add(enum metric, int64_t n);	/* counters: n >= 0 */
void metric_set(enum metric, int64_t value);	/* gauges */
int64_t metric_get(enum metric);

struct metric_row {
	enum metric_type type;
	const char *name, *help;
	int64_t value;
};
void metric_each(void (*each)(const struct metric_row *, void *arg),
    void *arg);

#endif
