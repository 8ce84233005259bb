/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of the page share: where it is written, in which language, and
 * how words, texts and moments become HTML. For page*.c only.
 */
#ifndef ADMIN_PAGE_OUT_H
#define ADMIN_PAGE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "admin/words.def"
#include "base/when.h"

enum page_word {
#define W(id, vi, en) WORD_##id,
	PAGE_WORDS(W)
#undef W
};

struct page {
	FILE *to;
	const json_t *snapshot;
	int64_t now;			/* the snapshot's time, ms */
	char today[WHEN_SIZE];		/* "28/11/2026" */
	bool is_english;
};

const char *page_say(const struct page *, enum page_word);

/* Writes our own HTML, as it is. */
void page_put(const struct page *, const char *html);
/* Writes a text from elsewhere, escaped. */
void page_text(const struct page *, const char *text);
/* Writes one of our own words, escaped. */
void page_word(const struct page *, enum page_word);

/* A moment in the gateway's zone: the time, and the date when it is not today;
 * for machines the whole moment, with its offset. */
void page_moment(const struct page *, int64_t ms);
/* "12 min": a duration in the largest unit that fits. */
void page_age(const struct page *, int64_t ms);

/* page_verdict(): the first section. Then: what its headline says; how bad the
 * state is, as a class of the style ("good", "weak", "bad", "wait"). */
void page_verdict(const struct page *);
enum page_word page_headline(const struct page *);
const char *page_class(const struct page *);

/* Writes an article for a modem of this gateway. at: the time of the data. */
void page_modem(const struct page *, const char *gateway,
    const json_t *modem, int64_t at);
/* Why the modem can't send, or what hinders it, in the page's language; "" when
 * it is well. The caller frees. */
char *page_modem_sentence(const struct page *, const json_t *modem);
/* What an operator should do about this modem; "" for nothing. */
const char *page_modem_advice(const struct page *, const json_t *modem);
/* The modem's state in one or two words. */
const char *page_modem_state(const struct page *, const json_t *modem);

/* Writes the paragraph "What to do: …"; nothing when advice is "". */
void page_todo(const struct page *, const char *advice);

/* Writes the last 24 hours as SVG. lists: see admin/plot.h, or NULL. */
void page_modem_plot(const struct page *, const json_t *lists);
void page_queue_plot(const struct page *, const json_t *lists);

#endif
