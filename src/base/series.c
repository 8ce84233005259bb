/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each row keeps a list of the label values that were seen, in the order in
 * which they came.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "base/metric.h"
#include "base/series.h"

#define CELLS_MAX 1000

/* Upper bounds of the buckets, seconds: a network answers in one to four, a
 * silent modem is given up after 150. */
static const double bounds[] = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    150};
#define BUCKETS (sizeof(bounds) / sizeof(bounds[0]))

struct cell {
	TAILQ_ENTRY(cell) entry;
	char *values[SERIES_LABELS];
	int64_t n;			/* counter, or observations */
	double sum;			/* of a histogram */
	int64_t buckets[BUCKETS];	/* not cumulative */
};

struct row {
	const char *name, *labels, *help;
	TAILQ_HEAD(, cell) cells;
	unsigned n_cells;
};

static struct row rows[] = {
#define S(id, name, labels, help) {name, labels, help, {NULL, NULL}, 0},
	SERIES(S)
	HISTOGRAMS(S)
#undef S
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
is_cell(const struct cell *cell, const char *a, const char *b)
{
	return strcmp(cell->values[0], a) == 0 && (b == NULL ||
	    strcmp(cell->values[1], b) == 0);
}

static struct cell *
find(const struct row *row, const char *a, const char *b)
{
	struct cell *cell;

	TAILQ_FOREACH(cell, &row->cells, entry)
		if (is_cell(cell, a, b))
			return cell;
	return NULL;
}

static struct cell *
add(struct row *row, const char *a, const char *b)
{
	struct cell *cell = xcalloc(1, sizeof(*cell));

	cell->values[0] = xstrdup(a);
	cell->values[1] = b != NULL ? xstrdup(b) : NULL;
	TAILQ_INSERT_TAIL(&row->cells, cell, entry);
	row->n_cells++;
	return cell;
}

static struct cell *
cell_of(struct row *row, const char *a, const char *b)
{
	struct cell *cell;

	if (row->cells.tqh_last == NULL)
		TAILQ_INIT(&row->cells);
	cell = find(row, a, b);
	if (cell == NULL && row->n_cells >= CELLS_MAX) {
		a = "other";
		b = b != NULL ? "other" : NULL;
		cell = find(row, a, b);
	}
	return cell != NULL ? cell : add(row, a, b);
}

void
series_add(enum series id, int64_t n, const char *a, const char *b)
{
	cell_of(&rows[id], a, b)->n += n;
}

void
histogram_observe(enum histogram id, double seconds, const char *a)
{
	struct cell *cell = cell_of(&rows[SERIES_END + id], a, NULL);

	if (seconds < 0)
		return;
	cell->n++;
	cell->sum += seconds;
	for (size_t i = 0; i < BUCKETS; i++)
		if (seconds <= bounds[i]) {
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
label_cell(const struct row *row, const struct cell *cell,
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
write_counter(FILE *to, const struct row *row)
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
write_buckets(FILE *to, const struct row *row, const struct cell *cell)
{
	char name[96], bound[16];
	struct labels labels;
	int64_t n = 0;

	label_cell(row, cell, &labels);
	(void)snprintf(name, sizeof(name), "%s_bucket", row->name);
	labels.words[labels.n] = "le";
	labels.words[labels.n + 1] = bound;
	for (size_t i = 0; i < BUCKETS; i++) {
		n += cell->buckets[i];
		(void)snprintf(bound, sizeof(bound), "%g", bounds[i]);
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
write_histogram(FILE *to, const struct row *row)
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
			for (size_t k = 0; k < SERIES_LABELS; k++)
				free(cell->values[k]);
			free(cell);
		}
		rows[i].n_cells = 0;
	}
}
