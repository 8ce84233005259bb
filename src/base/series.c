/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each row keeps the label values that were seen in two ways: as a list, in
 * the order in which they came, and as a tree, to find them.
 */
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "base/metric.h"
#include "base/series.h"

#define CELLS_MAX   1000
#define BUCKETS_MAX 12

/* Upper bounds of buckets, seconds, in rising order; 0 ends them. */
enum buckets {
	NONE,
	CALLS,	/* a network answers in one to four seconds; a silent modem
		 * is given up after 150 */
	WAITS,	/* a text waits for a free modem, a retry, the next morning */
};
static const double bounds[][BUCKETS_MAX + 1] = {
	[CALLS] = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 150},
	[WAITS] = {0.1, 1, 5, 15, 60, 300, 900, 3600, 14400, 43200, 86400,
	    172800},
};

struct cell {
	TAILQ_ENTRY(cell) entry;
	const char *values[SERIES_LABELS];	/* owned; NULL: no more */
	int64_t n;			/* counter, or observations */
	double sum;			/* of a histogram */
	int64_t *buckets;		/* of a histogram, not cumulative */
};

struct series_row {
	const char *name, *labels, *help;
	enum buckets buckets;
	TAILQ_HEAD(, cell) cells;
	void *tree;			/* the same ones, for tsearch() */
	unsigned n_free;		/* came without being shown first */
};

static struct series_row rows[] = {
#define S(id, name, labels, help) {name, labels, help, NONE,                  \
	{NULL, NULL}, NULL, 0},
	SERIES(S)
#undef S
#define H(id, name, labels, buckets, help) {name, labels, help, buckets,      \
	{NULL, NULL}, NULL, 0},
	HISTOGRAMS(H)
#undef H
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int
compare(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int order = 0;

	for (size_t i = 0; order == 0 && i < SERIES_LABELS &&
	    x->values[i] != NULL; i++)
		order = strcmp(x->values[i], y->values[i]);
	return order;
}

static struct cell *
find_cell(const struct series_row *row, const struct cell *key)
{
	struct cell *const *found = tfind(key, &row->tree, compare);

	return found != NULL ? *found : NULL;
}

static struct cell *
add(struct series_row *row, const struct cell *key)
{
	struct cell *cell = xcalloc(1, sizeof(*cell));

	for (size_t i = 0; i < SERIES_LABELS && key->values[i] != NULL; i++)
		cell->values[i] = xstrdup(key->values[i]);
	if (row->buckets != NONE)
		cell->buckets = xcalloc(BUCKETS_MAX, sizeof(int64_t));
	if (row->cells.tqh_last == NULL)
		TAILQ_INIT(&row->cells);
	TAILQ_INSERT_TAIL(&row->cells, cell, entry);
	if (tsearch(cell, &row->tree, compare) == NULL)
		abort();	/* out of memory: base/mem.h's rule */
	return cell;
}

/* is_shown: known in advance, not brought in by what happens. */
static struct cell *
cell_of(struct series_row *row, struct cell *key, bool is_shown)
{
	struct cell *cell = find_cell(row, key);

	if (cell == NULL && !is_shown && row->n_free >= CELLS_MAX) {
		for (size_t i = 0; i < SERIES_LABELS && key->values[i] != NULL;
		    i++)
			key->values[i] = "other";
		cell = find_cell(row, key);
	}
	if (cell != NULL)
		return cell;
	row->n_free += !is_shown;
	return add(row, key);
}

void
series_add(enum series id, int64_t n, const char *a, const char *b,
    const char *c)
{
	struct cell key = {.values = {a, b, c}};

	cell_of(&rows[id], &key, n == 0)->n += n;
}

void
histogram_observe(enum histogram id, double seconds, const char *a)
{
	struct series_row *row = &rows[SERIES_END + id];
	struct cell key = {.values = {a}}, *cell;
	const double *bound = bounds[row->buckets];

	cell = cell_of(row, &key, seconds < 0);
	if (seconds < 0)
		return;
	cell->n++;
	cell->sum += seconds;
	for (size_t i = 0; bound[i] != 0; i++)
		if (seconds <= bound[i]) {
			cell->buckets[i]++;
			return;
		}
}

/* --- Prometheus' text format ---------------------------------------------- */

static void
write_value(FILE *to, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			(void)fputc('\\', to);
		if (*value == '\n')
			(void)fputs("\\n", to);
		else
			(void)fputc(*value, to);
	}
}

void
series_write_line(FILE *to, const char *name, double number,
    const char *const *labels)
{
	const char *before = "{";

	(void)fputs(name, to);
	for (; labels != NULL && *labels != NULL; labels += 2) {
		(void)fprintf(to, "%s%s=\"", before, labels[0]);
		write_value(to, labels[1]);
		(void)fputc('"', to);
		before = ",";
	}
	(void)fprintf(to, "%s %.15g\n", *before == ',' ? "}" : "", number);
}

void
series_write_head(FILE *to, const char *name, const char *type,
    const char *help)
{
	(void)fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type);
}

/* The labels of a cell, name and value in turn, and room for one more. */
struct labels {
	char names[SERIES_LABELS][32];
	const char *words[2 * SERIES_LABELS + 3];
	size_t n;
};

static void
label_cell(const struct series_row *row, const struct cell *cell,
    struct labels *out)
{
	const char *name = row->labels;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < SERIES_LABELS && cell->values[i] != NULL; i++) {
		size_t n = strcspn(name, ",");

		(void)snprintf(out->names[i], sizeof(out->names[i]), "%.*s",
		    (int)n, name);
		out->words[out->n++] = out->names[i];
		out->words[out->n++] = cell->values[i];
		name += n + (name[n] == ',');
	}
}

static void
write_counter(FILE *to, const struct series_row *row)
{
	const struct cell *cell;
	struct labels labels;

	series_write_head(to, row->name, "counter", row->help);
	TAILQ_FOREACH(cell, &row->cells, entry) {
		label_cell(row, cell, &labels);
		series_write_line(to, row->name, (double)cell->n,
		    labels.words);
	}
}

static void
write_buckets(FILE *to, const struct series_row *row, const struct cell *cell)
{
	char name[96], bound[32];
	struct labels labels;
	int64_t n = 0;

	label_cell(row, cell, &labels);
	(void)snprintf(name, sizeof(name), "%s_bucket", row->name);
	labels.words[labels.n] = "le";
	labels.words[labels.n + 1] = bound;
	for (size_t i = 0; bounds[row->buckets][i] != 0; i++) {
		n += cell->buckets[i];
		(void)snprintf(bound, sizeof(bound), "%.15g",
		    bounds[row->buckets][i]);
		series_write_line(to, name, (double)n, labels.words);
	}
	(void)snprintf(bound, sizeof(bound), "+Inf");
	series_write_line(to, name, (double)cell->n, labels.words);
	labels.words[labels.n] = NULL;
	(void)snprintf(name, sizeof(name), "%s_sum", row->name);
	series_write_line(to, name, cell->sum, labels.words);
	(void)snprintf(name, sizeof(name), "%s_count", row->name);
	series_write_line(to, name, (double)cell->n, labels.words);
}

static void
write_histogram(FILE *to, const struct series_row *row)
{
	const struct cell *cell;

	series_write_head(to, row->name, "histogram", row->help);
	TAILQ_FOREACH(cell, &row->cells, entry)
		write_buckets(to, row, cell);
}

static void
write_metric(const struct metric_row *row, void *arg)
{
	series_write_head(arg, row->name, metric_type_name(row->type),
	    row->help);
	series_write_line(arg, row->name, (double)row->value, NULL);
}

void
series_write(FILE *to)
{
	metric_each(write_metric, to);
	for (size_t i = 0; i < SERIES_END; i++)
		write_counter(to, &rows[i]);
	for (size_t i = SERIES_END; i < ROWS; i++)
		write_histogram(to, &rows[i]);
}

void
series_reset(void)
{
	struct cell *cell;

	for (size_t i = 0; i < ROWS; i++) {
		while ((cell = TAILQ_FIRST(&rows[i].cells)) != NULL) {
			TAILQ_REMOVE(&rows[i].cells, cell, entry);
			(void)tdelete(cell, &rows[i].tree, compare);
			for (size_t k = 0; k < SERIES_LABELS; k++)
				free((char *)(uintptr_t)cell->values[k]);
			free(cell->buckets);
			free(cell);
		}
		rows[i].n_free = 0;
	}
}
