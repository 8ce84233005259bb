/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of the page share: where it is written to, in which
 * language, and how words, texts and moments become HTML. For page*.c only.
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
	int64_t now;			/* of the snapshot, ms */
	char today[WHEN_SIZE];		/* "28/11/2026" */
	bool is_english;
};

const char *page_say(const struct page *, enum page_word);

/* HTML of our own, as it is. */
void page_put(const struct page *, const char *html);
/* Anything that comes from elsewhere: escaped. */
void page_text(const struct page *, const char *text);
/* A word of ours, escaped. */
void page_word(const struct page *, enum page_word);

/* A moment in the gateway's zone: the time, and the date when it is not of
 * today; whole, with its offset, for machines. */
void page_moment(const struct page *, int64_t ms);
/* "12 min": how long, in the largest unit that fits. */
void page_age(const struct page *, int64_t ms);

/* The first section, what its headline says, and how bad it is: a class of
 * the style ("good", "weak", "bad", "wait"). */
void page_verdict(const struct page *);
enum page_word page_headline(const struct page *);
const char *page_class(const struct page *);

/* One article for a modem of this gateway. at: when what is known of it was
 * true. */
void page_modem(const struct page *, const char *gateway,
    const json_t *modem, int64_t at);
/* Why it can't send, or what hinders it, in the language of the page; "" when
 * it is well. The caller frees. */
char *page_modem_sentence(const struct page *, const json_t *modem);
/* What an operator should do about this modem; "" nothing. */
const char *page_modem_advice(const struct page *, const json_t *modem);
/* Its state in a word or two. */
const char *page_modem_state(const struct page *, const json_t *modem);

/* "What to do: …", a paragraph; of "" nothing. */
void page_todo(const struct page *, const char *advice);

/* SVG of the last 24 hours. lists: of admin/plot.h, or NULL. */
void page_modem_plot(const struct page *, const json_t *lists);
void page_queue_plot(const struct page *, const json_t *lists);

#endif
