/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything that comes from elsewhere (names, sentences, modems' words) goes
 * through page_text(), which escapes it.
 */
#include <string.h>

#include "admin/page_out.h"

static const char *const words[][2] = {
#define W(id, vi, en) {vi, en},
	PAGE_WORDS(W)
#undef W
};

const char *
page_say(const struct page *page, enum page_word word)
{
	return words[word][page->is_english];
}

void
page_put(const struct page *page, const char *html)
{
	(void)fputs(html, page->to);
}

void
page_text(const struct page *page, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			page_put(page, "&amp;");
			break;
		case '<':
			page_put(page, "&lt;");
			break;
		case '>':
			page_put(page, "&gt;");
			break;
		case '"':
			page_put(page, "&quot;");
			break;
		default:
			(void)fputc(*text, page->to);
		}
	}
}

void
page_word(const struct page *page, enum page_word word)
{
	page_text(page, page_say(page, word));
}

void
page_moment(const struct page *page, int64_t ms)
{
	char text[WHEN_SIZE], date[WHEN_SIZE];
	bool is_today = strcmp(when_format_date(ms, date), page->today) == 0;

	when_format(ms - ms % 1000, text);
	fprintf(page->to, "<time datetime=\"%s\">%.5s%s%.5s</time>", text,
	    text + strlen("2026-11-22T"), is_today ? "" : " ",
	    is_today ? "" : date);
}

void
page_age(const struct page *page, int64_t ms)
{
	static const struct {
		int64_t s;
		enum page_word word;
	} units[] = {
		{172800, WORD_AGE_D},
		{7200, WORD_AGE_H},
		{120, WORD_AGE_MIN},
		{0, WORD_AGE_S},
	};
	static const int64_t sizes[] = {86400, 3600, 60, 1};
	int64_t s = ms > 0 ? ms / 1000 : 0;
	size_t i = 0;

	while (s < units[i].s)
		i++;
	fprintf(page->to, "%lld %s", (long long)(s / sizes[i]),
	    page_say(page, units[i].word));
}

void
page_todo(const struct page *page, const char *advice)
{
	if (*advice == '\0')
		return;
	page_put(page, "<p class=\"todo\"><b>");
	page_word(page, WORD_TO_DO);
	page_put(page, "</b> ");
	page_text(page, advice);
	page_put(page, "</p>\n");
}
