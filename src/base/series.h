/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Metrics with labels (series.def), and all metrics in Prometheus' text
 * format, version 0.0.4.
 */
#ifndef BASE_SERIES_H
#define BASE_SERIES_H

#include <stdint.h>
#include <stdio.h>

#include "base/series.def"

enum series {
#define S(id, name, labels, help) SERIES_##id,
	SERIES(S)
#undef S
	SERIES_END,
};

enum histogram {
#define H(id, name, labels, buckets, help) HISTOGRAM_##id,
	HISTOGRAMS(H)
#undef H
	HISTOGRAM_END,
};

#define SERIES_LABELS 3	/* the most that a row has */

/* Adds n >= 0; 0 makes the number appear. a, b, c: the label values, in the
 * order of the row, copied; NULL behind the last one of the row. Beyond those
 * that were shown by a 0, at most 1,000 combinations in a row: what comes
 * then counts as "other". */
void series_add(enum series, int64_t n, const char *a, const char *b,
    const char *c);

/* One observation of so many seconds; below 0: only makes it appear. */
void histogram_observe(enum histogram, double seconds, const char *a);

/* Every metric of metric.def and series.def. */
void series_write(FILE *);

/* One line: name{label="value"} number; labels alternate name and value and
 * end in NULL. Values are escaped. */
void series_write_line(FILE *, const char *name, double number,
    const char *const *labels);
/* The two lines in front of a metric. type: "gauge", "counter". */
void series_write_head(FILE *, const char *name, const char *type,
    const char *help);

/* Forgets all values; for tests. */
void series_reset(void);

#endif
