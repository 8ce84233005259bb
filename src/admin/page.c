/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything that comes from elsewhere (names, sentences, words of modems)
 * goes through put_text(), which escapes it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/member.h"
#include "admin/page.h"
#include "admin/words.def"
#include "base/when.h"

enum page_word {
#define W(id, vi, en) WORD_##id,
	PAGE_WORDS(W)
#undef W
};

static const char *const words[][2] = {
#define W(id, vi, en) {vi, en},
	PAGE_WORDS(W)
#undef W
};

static const char style[] =
#include "admin/page_css.inc"
    ;
static const char script[] =
#include "admin/page_js.inc"
    ;

struct page {
	FILE *to;
	const json_t *snapshot;
	bool is_english;
};

const char *
page_style(void)
{
	return style;
}

const char *
page_script(void)
{
	return script;
}

static const char *
say(const struct page *page, enum page_word word)
{
	return words[word][page->is_english];
}

static void
put(const struct page *page, const char *html)
{
	(void)fputs(html, page->to);
}

static void
put_text(const struct page *page, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			put(page, "&amp;");
			break;
		case '<':
			put(page, "&lt;");
			break;
		case '>':
			put(page, "&gt;");
			break;
		case '"':
			put(page, "&quot;");
			break;
		default:
			(void)fputc(*text, page->to);
		}
	}
}

/* A moment of the gateway's zone, as people here write it; whole, with its
 * offset, for machines. */
static void
put_moment(const struct page *page, int64_t ms)
{
	char text[WHEN_SIZE], date[WHEN_SIZE];

	when_format(ms - ms % 1000, text);
	fprintf(page->to, "<time datetime=\"%s\">%.8s %s</time>", text,
	    text + strlen("2026-11-22T"), when_format_date(ms, date));
}

/* --- the first line ------------------------------------------------------- */

static enum page_word
why(const char *word)
{
	if (strcmp(word, "redis") == 0)
		return WORD_WHY_REDIS;
	return strcmp(word, "no_modem") == 0 ? WORD_WHY_NO_MODEM
	    : WORD_WHY_MODEMS;
}

static void
put_verdict(const struct page *page)
{
	bool is_sending = json_is_true(json_object_get(page->snapshot,
	    "sending"));

	json_t *modems = json_object_get(page->snapshot, "modems");

	fprintf(page->to, "<p class=\"verdict %s\" role=\"status\"><strong>",
	    is_sending ? "good" : "bad");
	put_text(page, say(page, is_sending ? WORD_SENDING
	    : WORD_NOT_SENDING));
	put(page, "</strong>");
	if (!is_sending) {
		put(page, " ");
		put_text(page, say(page, why(text_of(page->snapshot, "why"))));
	} else {
		fprintf(page->to, " %.0f/%zu ", number_of(page->snapshot,
		    "usable"), json_array_size(modems));
		put_text(page, say(page, WORD_USABLE));
	}
	put(page, "</p>\n");
}

/* --- alarms --------------------------------------------------------------- */

static void
put_alarm(const struct page *page, const json_t *alarm)
{
	bool is_critical = strcmp(text_of(alarm, "level"), "critical") == 0;

	fprintf(page->to, "<li class=\"%s\"><strong>",
	    is_critical ? "bad" : "weak");
	put_text(page, text_of(alarm, "alarm"));
	if (*text_of(alarm, "about") != '\0') {
		put(page, " ");
		put_text(page, text_of(alarm, "about"));
	}
	put(page, "</strong> ");
	put_text(page, text_of(alarm, "text"));
	put(page, " <small>");
	put_text(page, say(page, WORD_SINCE));
	put(page, " ");
	put_moment(page, (int64_t)number_of(alarm, "raised_at"));
	put(page, "</small></li>\n");
}

static void
put_alarms(const struct page *page)
{
	const json_t *alarms = json_object_get(page->snapshot, "alarms");
	const json_t *alarm;
	size_t i;

	put(page, "<section><h2>");
	put_text(page, say(page, WORD_ALARMS));
	put(page, "</h2>\n");
	if (json_array_size(alarms) == 0) {
		put(page, "<p>");
		put_text(page, say(page, WORD_NO_ALARM));
		put(page, "</p></section>\n");
		return;
	}
	put(page, "<ul class=\"alarms\">\n");
	json_array_foreach(alarms, i, alarm)
		put_alarm(page, alarm);
	put(page, "</ul></section>\n");
}

/* --- modems --------------------------------------------------------------- */

static const struct {
	const char *state;
	enum page_word word;
	const char *class;
} states[] = {
	{"ready", WORD_STATE_READY, "good"},
	{"busy", WORD_STATE_BUSY, "good"},
	{"starting", WORD_STATE_STARTING, "weak"},
	{"degraded", WORD_STATE_DEGRADED, "weak"},
	{"resetting", WORD_STATE_RESETTING, "weak"},
	{"down", WORD_STATE_DOWN, "bad"},
	{"locked", WORD_STATE_LOCKED, "bad"},
	{"unregistered", WORD_STATE_UNREGISTERED, "bad"},
	{"failed", WORD_STATE_FAILED, "bad"},
};

static void
put_state(const struct page *page, const char *state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(state, states[i].state) != 0)
			continue;
		fprintf(page->to, "<span class=\"state %s\">",
		    states[i].class);
		put_text(page, say(page, states[i].word));
		put(page, "</span>");
		return;
	}
	put(page, "<span class=\"state weak\">");
	put_text(page, state);
	put(page, "</span>");
}

static void
put_term(const struct page *page, enum page_word word)
{
	put(page, "<dt>");
	put_text(page, say(page, word));
	put(page, "</dt><dd>");
}

/* -110 dBm is the edge, -50 beside the mast: none to five bars. */
static void
put_signal(const struct page *page, double dbm)
{
	int bars = dbm < -109 ? 0 : dbm > -60 ? 5 : (int)((dbm + 109) / 10);

	put_term(page, WORD_SIGNAL);
	if (dbm == 0) {
		put_text(page, say(page, WORD_SIGNAL_UNKNOWN));
	} else {
		put(page, "<span aria-hidden=\"true\" class=\"bars\">");
		for (int i = 1; i <= 5; i++)
			put(page, i <= bars ? "▮" : "▯");
		fprintf(page->to, "</span> %.0f dBm", dbm);
	}
	put(page, "</dd>\n");
}

static void
put_trouble(const struct page *page, const char *text)
{
	if (*text == '\0')
		return;
	put(page, "<p class=\"bad\">");
	put_text(page, text);
	put(page, "</p>\n");
}

/* Segments, since the daemon was started; what is 0 is left out. */
static void
put_counts(const struct page *page, const json_t *modem)
{
	put_term(page, WORD_COUNTS);
	fprintf(page->to, "%.0f", number_of(modem, "sent"));
	if (number_of(modem, "refused") > 0)
		fprintf(page->to, ", %.0f %s", number_of(modem, "refused"),
		    say(page, WORD_REFUSED));
	if (number_of(modem, "unknown") > 0)
		fprintf(page->to, ", %.0f %s", number_of(modem, "unknown"),
		    say(page, WORD_UNKNOWN));
	put(page, "</dd>\n");
}

static void
put_modem(const struct page *page, const json_t *modem)
{
	put(page, "<article><h3>");
	put_text(page, text_of(modem, "name"));
	put(page, "</h3> ");
	put_state(page, text_of(modem, "state"));
	put(page, "\n");
	put_trouble(page, text_of(modem, "trouble"));
	if (strcmp(text_of(modem, "breaker"), "open") == 0)
		put_trouble(page, say(page, WORD_BREAKER));
	put(page, "<dl>\n");
	if (*text_of(modem, "operator") != '\0') {
		put_term(page, WORD_OPERATOR);
		put_text(page, text_of(modem, "operator"));
		put(page, " ");
		put_text(page, text_of(modem, "technology"));
		put(page, "</dd>\n");
	}
	put_signal(page, number_of(modem, "dbm"));
	put_counts(page, modem);
	put_term(page, WORD_LAST_SENT);
	if (number_of(modem, "last_sent_at") == 0)
		put_text(page, say(page, WORD_NEVER));
	else
		put_moment(page, (int64_t)number_of(modem, "last_sent_at"));
	put(page, "</dd>\n</dl>\n</article>\n");
}

static void
put_modems(const struct page *page)
{
	const json_t *modem;
	size_t i;

	put(page, "<section><h2>");
	put_text(page, say(page, WORD_MODEMS));
	put(page, "</h2>\n<div class=\"cards\">\n");
	json_array_foreach(json_object_get(page->snapshot, "modems"), i,
	    modem)
		put_modem(page, modem);
	put(page, "</div></section>\n");
}

/* --- the queue ------------------------------------------------------------ */

static void
put_queue(const struct page *page)
{
	static const struct {
		const char *key;
		enum page_word word;
	} rows[] = {
		{"events", WORD_QUEUE_EVENTS},
		{"ready", WORD_QUEUE_READY},
		{"delayed", WORD_QUEUE_DELAYED},
		{"in_flight", WORD_QUEUE_IN_FLIGHT},
		{"unknown", WORD_QUEUE_UNKNOWN},
		{"held_back", WORD_QUEUE_HELD},
		{"awaiting_report", WORD_QUEUE_AWAITING},
		{"rejected", WORD_QUEUE_REJECTED},
	};
	const json_t *queue = json_object_get(json_object_get(page->snapshot,
	    "status"), "queue");
	const json_t *oldest = json_object_get(queue, "oldest_at");

	if (!json_is_object(queue))
		return;
	put(page, "<section><h2>");
	put_text(page, say(page, WORD_QUEUE));
	put(page, "</h2>\n<dl class=\"numbers\">\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_term(page, rows[i].word);
		fprintf(page->to, "%.0f</dd>\n", number_of(queue, rows[i].key));
	}
	if (json_is_number(oldest)) {
		put_term(page, WORD_QUEUE_OLDEST);
		fprintf(page->to, "%.0f s</dd>\n",
		    (number_of(page->snapshot, "at") -
		    json_number_value(oldest)) / 1000);
	}
	put(page, "</dl></section>\n");
}

/* --- the whole ------------------------------------------------------------ */

static void
put_head(const struct page *page)
{
	const json_t *status = json_object_get(page->snapshot, "status");

	fprintf(page->to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	    page->is_english ? "en" : "vi");
	put_text(page, text_of(status, "name"));
	put(page, ": ");
	put_text(page, say(page, json_is_true(json_object_get(page->snapshot,
	    "sending")) ? WORD_SENDING : WORD_NOT_SENDING));
	put(page, "</title>\n<link rel=\"stylesheet\" href=\"page.css\">\n"
	    "<script src=\"page.js\" defer></script>\n</head>\n<body>\n"
	    "<header><h1>");
	put_text(page, say(page, WORD_TITLE));
	put(page, " ");
	put_text(page, text_of(status, "name"));
	fprintf(page->to, "</h1>\n<a href=\"?lang=%s\" lang=\"%s\">",
	    page->is_english ? "vi" : "en", page->is_english ? "vi" : "en");
	put_text(page, say(page, WORD_OTHER_LANGUAGE));
	put(page, "</a></header>\n<main>\n");
}

char *
page_write(const json_t *snapshot, const char *language)
{
	struct page page = {.snapshot = snapshot,
	    .is_english = strcmp(language, "en") == 0};
	char *text = NULL;
	size_t size;

	page.to = open_memstream(&text, &size);
	if (page.to == NULL)
		abort();	/* out of memory: base/mem.h's rule */
	put_head(&page);
	put_verdict(&page);
	put_alarms(&page);
	put_modems(&page);
	put_queue(&page);
	put(&page, "<footer>");
	put_text(&page, say(&page, WORD_AS_OF));
	put(&page, " ");
	put_moment(&page, (int64_t)number_of(snapshot, "at"));
	put(&page, ", baotin ");
	put_text(&page, text_of(json_object_get(snapshot, "status"),
	    "version"));
	put(&page, "</footer>\n</main>\n</body>\n</html>\n");
	(void)fclose(page.to);
	return text;
}
