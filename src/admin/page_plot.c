/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A day as a small picture: 144 points of ten minutes, each two units wide. The
 * words below it say the same for people who can't see it.
 */
#include <string.h>

#include "admin/page_out.h"
#include "admin/plot.h"

#define WIDTH	 (2 * PLOT_SLOTS)
#define SIGNAL_H 16		/* height of the signal's line, on top */
#define BARS_H	 32
#define HEIGHT	 (SIGNAL_H + 4 + BARS_H)
#define DBM_LOW	 (-113)
#define DBM_HIGH (-51)

struct sums {
	long long sent, refused, reports;
	int low, high;			/* dBm; low 0: none */
	bool is_known;
};

static long long
at(const json_t *lists, const char *name, size_t i)
{
	return json_integer_value(json_array_get(json_object_get(lists, name),
	    i));
}

static bool
has(const json_t *lists, const char *name, size_t i)
{
	return json_is_integer(json_array_get(json_object_get(lists, name),
	    i));
}

static struct sums
sum(const json_t *lists)
{
	struct sums s = {0};

	for (size_t i = 0; i < PLOT_SLOTS; i++) {
		int dbm = (int)at(lists, "dbm", i);

		s.sent += at(lists, "sent", i);
		s.refused += at(lists, "refused", i);
		s.reports += at(lists, "reports", i);
		s.is_known = s.is_known || has(lists, "sent", i);
		if (dbm != 0 && (s.low == 0 || dbm < s.low))
			s.low = dbm;
		if (dbm != 0 && (s.high == 0 || dbm > s.high))
			s.high = dbm;
	}
	return s;
}

/* Bars of `name` on the base line y, above those of `below`. The scale makes
 * `most` BARS_H high. */
static void
put_bars(const struct page *page, const char *class, const json_t *lists,
    const char *name, const char *below, long long most)
{
	fprintf(page->to, "<path class=\"%s\" d=\"", class);
	for (size_t i = 0; i < PLOT_SLOTS; i++) {
		long long n = at(lists, name, i);
		long long under = below != NULL ? at(lists, below, i) : 0;
		double h = (double)n * BARS_H / (double)most;

		if (n > 0)
			fprintf(page->to, "M%zu %.1fv-%.1fh1.6v%.1fz", 2 * i,
			    HEIGHT - (double)under * BARS_H / (double)most, h,
			    h);
	}
	page_put(page, "\"/>");
}

/* A line from point to point, where there are points. y turns a value into its
 * height. */
static void
put_line(const struct page *page, const char *class, const json_t *lists,
    const char *name, double low, double high, double top, double bottom)
{
	bool is_down = false;

	fprintf(page->to, "<path class=\"%s\" d=\"", class);
	for (size_t i = 0; i < PLOT_SLOTS; i++) {
		double value = (double)at(lists, name, i);
		double part = (value - low) / (high - low);

		if (!has(lists, name, i) || value == low) {
			is_down = false;
			continue;
		}
		part = part < 0 ? 0 : part > 1 ? 1 : part;
		fprintf(page->to, "%s%zu %.1f", is_down ? "L" : "M",
		    2 * i + 1, bottom - part * (bottom - top));
		if (!is_down)
			page_put(page, "h.1");	/* one point alone shows */
		is_down = true;
	}
	page_put(page, "\"/>");
}

static void
put_frame(const struct page *page, int height)
{
	fprintf(page->to, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	    "<path class=\"grid\" d=\"M0 %dh%dM72 0v%dM144 0v%dM216 0v%d\"/>",
	    WIDTH, height, height, WIDTH, height, height, height);
}

static void
put_ends(const struct page *page)
{
	page_put(page, "</svg><p class=\"ends\" aria-hidden=\"true\"><span>");
	page_word(page, WORD_DAY_AGO);
	page_put(page, "</span><span>");
	page_word(page, WORD_NOW);
	page_put(page, "</span></p>\n");
}

static void
put_sums(const struct page *page, const struct sums *s)
{
	page_put(page, "<p class=\"caption\">");
	page_word(page, WORD_LAST_DAY);
	fprintf(page->to, " <b class=\"sent\">%lld</b> %s, ", s->sent,
	    page_say(page, WORD_SENT));
	fprintf(page->to, "<b class=\"%s\">%lld</b> %s, ",
	    s->refused > 0 ? "refused" : "", s->refused,
	    page_say(page, WORD_REFUSED));
	fprintf(page->to, "<b class=\"reports\">%lld</b> %s", s->reports,
	    page_say(page, WORD_REPORTS));
	if (s->low != 0)
		fprintf(page->to, ", %s <b class=\"signal\">%d…%d</b> dBm",
		    page_say(page, WORD_SIGNAL_RANGE), s->low, s->high);
	page_put(page, "</p>\n");
}

void
page_modem_plot(const struct page *page, const json_t *lists)
{
	struct sums s = sum(lists);
	long long most = 4;

	if (!s.is_known) {
		page_put(page, "<p class=\"caption\">");
		page_word(page, WORD_LAST_DAY);
		page_put(page, " ");
		page_word(page, WORD_NO_HISTORY);
		page_put(page, "</p>\n");
		return;
	}
	for (size_t i = 0; i < PLOT_SLOTS; i++) {
		long long n = at(lists, "sent", i) + at(lists, "refused", i);
		long long reports = at(lists, "reports", i);

		most = n > most ? n : most;
		most = reports > most ? reports : most;
	}
	put_frame(page, HEIGHT);
	put_bars(page, "sent", lists, "sent", NULL, most);
	put_bars(page, "refused", lists, "refused", "sent", most);
	put_line(page, "reports", lists, "reports", 0, (double)most,
	    SIGNAL_H + 4, HEIGHT);
	put_line(page, "signal", lists, "dbm", DBM_LOW, DBM_HIGH, 1,
	    SIGNAL_H);
	put_ends(page);
	put_sums(page, &s);
}

void
page_queue_plot(const struct page *page, const json_t *lists)
{
	long long most = 0;

	for (size_t i = 0; i < PLOT_SLOTS; i++)
		if (at(lists, "waiting", i) > most)
			most = at(lists, "waiting", i);
	if (json_object_get(lists, "waiting") == NULL)
		return;
	put_frame(page, HEIGHT);
	put_bars(page, "waiting", lists, "waiting", NULL, most > 4 ? most : 4);
	put_ends(page);
	page_put(page, "<p class=\"caption\">");
	page_word(page, WORD_QUEUE_PLOT);
	fprintf(page->to, " <b class=\"waiting\">%lld</b></p>\n", most);
}
