/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The page from top to bottom: whether texts go out, alarms, the gateways
 * with their modems, the queue.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/member.h"
#include "admin/page.h"
#include "admin/page_out.h"
#include "alarm/table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FRESH_MS 60000		/* a gateway reports every 10 s */
#define EVERY_S  5		/* page.js asks so often; rarer for many */

static const char style[] =
#include "admin/page_css.inc"
    ;
static const char script[] =
#include "admin/page_js.inc"
    ;

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

/* --- alarms --------------------------------------------------------------- */

/* The daemon's sentences are in English. In Vietnamese, the row of alarm.def
 * comes first and the daemon's more precise sentence behind it. */
static void
put_alarm_words(const struct page *page, const json_t *alarm)
{
	enum alarm_id id = alarm_find(text_of(alarm, "alarm"));
	const struct alarm_row *row = page->is_english || id == ALARM_END
	    ? NULL : alarm_row(id);
	const char *text = text_of(alarm, "text");

	page_put(page, "<p class=\"why\">");
	page_text(page, row != NULL ? row->vi : text);
	page_put(page, "</p>\n");
	if (row != NULL && strcmp(text, row->text) != 0) {
		page_put(page, "<p class=\"raw\" lang=\"en\">");
		page_text(page, text);
		page_put(page, "</p>\n");
	}
	page_todo(page, row != NULL ? row->vi_advice
	    : text_of(alarm, "advice"));
}

static void
put_alarm(const struct page *page, const json_t *alarm)
{
	bool is_critical = strcmp(text_of(alarm, "level"), "critical") == 0;

	fprintf(page->to, "<li class=\"card %s\"><span class=\"state\">",
	    is_critical ? "bad" : "weak");
	page_word(page, is_critical ? WORD_CRITICAL : WORD_WARNING);
	page_put(page, "</span> <strong>");
	page_text(page, text_of(alarm, "about"));
	page_put(page, "</strong> <small><code>");
	page_text(page, text_of(alarm, "alarm"));
	page_put(page, "</code> ");
	page_word(page, WORD_SINCE);
	page_put(page, " ");
	page_moment(page, (int64_t)number_of(alarm, "raised_at"));
	if (number_of(alarm, "acked_at") > 0) {
		page_put(page, ", ");
		page_word(page, WORD_ACKED);
		page_put(page, " ");
		page_text(page, text_of(alarm, "acked_by"));
	}
	page_put(page, "</small>\n");
	put_alarm_words(page, alarm);
	page_put(page, "</li>\n");
}

static void
put_alarms(const struct page *page)
{
	const json_t *alarms = json_object_get(page->snapshot, "alarms");
	const json_t *alarm;
	size_t i;

	page_put(page, "<section id=\"alarms\">");
	if (json_array_size(alarms) > 0) {
		page_put(page, "<h2>");
		page_word(page, WORD_ALARMS);
		page_put(page, "</h2>\n<ul class=\"alarms\">\n");
		json_array_foreach(alarms, i, alarm)
			put_alarm(page, alarm);
		page_put(page, "</ul>");
	}
	page_put(page, "</section>\n");
}

/* --- gateways ------------------------------------------------------------- */

/* Shows the state of another gateway, and how old this report is. */
static void
put_freshness(const struct page *page, const json_t *gateway)
{
	int64_t at = (int64_t)number_of(gateway, "at");
	bool is_old = page->now - at > FRESH_MS;

	fprintf(page->to, " <small class=\"age%s\">", is_old ? " bad" : "");
	if (at == 0) {
		page_word(page, WORD_SAID_NOTHING);
	} else if (is_old) {
		page_word(page, json_is_true(json_object_get(gateway,
		    "is_released")) ? WORD_STOPPED : WORD_SILENT);
		page_put(page, " ");
		page_moment(page, at);
	} else {
		page_word(page, WORD_DATA_OLD);
		page_put(page, " ");
		page_age(page, page->now - at);
		page_put(page, " ");
		page_word(page, WORD_AGO);
	}
	page_put(page, "</small>");
}

static void
put_gateway(const struct page *page, const json_t *gateway, bool is_own,
    size_t number)
{
	const char *name = text_of(gateway, "name");
	int64_t at = (int64_t)number_of(gateway, "at");
	const json_t *modem;
	size_t i;

	fprintf(page->to, "<section id=\"gateway%zu\"%s><h2>", number,
	    is_own || page->now - at <= FRESH_MS ? "" : " class=\"old\"");
	page_word(page, WORD_GATEWAY);
	page_put(page, " ");
	page_text(page, name);
	if (is_own && json_array_size(json_object_get(page->snapshot,
	    "gateways")) > 0) {
		page_put(page, " <small>(");
		page_word(page, WORD_THIS_ONE);
		page_put(page, ")</small>");
	}
	if (!is_own)
		put_freshness(page, gateway);
	page_put(page, "</h2>\n<div class=\"cards\">\n");
	json_array_foreach(json_object_get(gateway, "modems"), i, modem)
		page_modem(page, name, modem, at);
	page_put(page, "</div></section>\n");
}

static void
put_gateways(const struct page *page)
{
	const json_t *gateway;
	size_t i;

	put_gateway(page, page->snapshot, true, 0);
	json_array_foreach(json_object_get(page->snapshot, "gateways"), i,
	    gateway)
		put_gateway(page, gateway, false, i + 1);
}

/* --- the queue ------------------------------------------------------------ */

static void
put_queue(const struct page *page)
{
	static const struct {
		const char *key;
		enum page_word word;
	} rows[] = {
		{"ready", WORD_QUEUE_READY},
		{"delayed", WORD_QUEUE_DELAYED},
		{"behind", WORD_QUEUE_BEHIND},
		{"held_back", WORD_QUEUE_HELD},
		{"in_flight", WORD_QUEUE_IN_FLIGHT},
		{"unknown", WORD_QUEUE_UNKNOWN},
		{"awaiting_report", WORD_QUEUE_AWAITING},
		{"events", WORD_QUEUE_EVENTS},
		{"rejected", WORD_QUEUE_REJECTED},
	};
	const json_t *totals = json_object_get(json_object_get(page->snapshot, "status"), "queue");
	const json_t *plots = json_object_get(json_object_get(page->snapshot,
	    "plots"), text_of(page->snapshot, "name"));

	page_put(page, "<section id=\"queue\"><h2>");
	page_word(page, WORD_QUEUE);
	page_put(page, "</h2>\n");
	if (!json_is_object(totals)) {
		page_put(page, "<p>");
		page_word(page, WORD_REDIS_AWAY);
		page_put(page, "</p></section>\n");
		return;
	}
	page_put(page, "<div class=\"card\"><dl class=\"numbers\">\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		double n = number_of(totals, rows[i].key);

		fprintf(page->to, "<div%s><dt>%s</dt><dd>%.0f</dd></div>\n",
		    n == 0 ? " class=\"none\"" : "",
		    page_say(page, rows[i].word), n);
	}
	page_put(page, "</dl>\n");
	page_queue_plot(page, json_object_get(plots, ""));
	page_put(page, "</div></section>\n");
}

/* --- today's counters ----------------------------------------------------- */

static const struct {
	const char *key;
	enum page_word word;
} counters[] = {
	{"events", WORD_TODAY_EVENTS},
	{"notices", WORD_TODAY_NOTICES},
	{"reached", WORD_TODAY_REACHED},
	{"not_reached", WORD_TODAY_NOT_REACHED},
	{"waiting", WORD_TODAY_WAITING},
	{"lookups", WORD_TODAY_LOOKUPS},
};

static void
put_today(const struct page *page)
{
	const json_t *today = json_object_get(page->snapshot, "today"), *row;
	size_t i;

	page_put(page, "<section id=\"today\">");
	if (json_array_size(today) == 0) {
		page_put(page, "</section>\n");
		return;
	}
	page_put(page, "<h2>");
	page_word(page, WORD_TODAY);
	page_put(page, "</h2>\n<div class=\"card scroll\" tabindex=\"0\">"
	    "<table>\n<thead><tr><th scope=\"col\">");
	page_word(page, WORD_AGENCY);
	page_put(page, "</th>");
	for (size_t k = 0; k < COUNT(counters); k++)
		fprintf(page->to, "<th scope=\"col\">%s</th>",
		    page_say(page, counters[k].word));
	page_put(page, "</tr></thead>\n<tbody>\n");
	json_array_foreach(today, i, row) {
		page_put(page, "<tr><th scope=\"row\">");
		page_text(page, text_of(row, "agency"));
		page_put(page, "</th>");
		for (size_t k = 0; k < COUNT(counters); k++)
			fprintf(page->to, "<td>%.0f</td>",
			    number_of(row, counters[k].key));
		page_put(page, "</tr>\n");
	}
	page_put(page, "</tbody></table></div></section>\n");
}

/* Adds up the modems of all gateways. */
static size_t
count_modems(const struct page *page)
{
	size_t i, n = json_array_size(json_object_get(page->snapshot,
	    "modems"));
	const json_t *gateway;

	json_array_foreach(json_object_get(page->snapshot, "gateways"), i,
	    gateway)
		n += json_array_size(json_object_get(gateway, "modems"));
	return n;
}

/* --- the whole ------------------------------------------------------------ */

static void
put_head(const struct page *page)
{
	const char *name = text_of(page->snapshot, "name");
	const char *other = page->is_english ? "vi" : "en";

	fprintf(page->to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n<title>",
	    page->is_english ? "en" : "vi");
	page_text(page, name);
	page_put(page, ": ");
	page_word(page, page_headline(page));
	fprintf(page->to, "</title>\n<link rel=\"icon\" "
	    "href=\"icon.svg?%s\">\n", page_class(page));
	page_put(page, "<link rel=\"stylesheet\" href=\"page.css\">\n"
	    "<script src=\"page.js\" defer></script>\n</head>\n");
	fprintf(page->to, "<body data-every=\"%zu\">\n"
	    "<header><h1>baotin <span>", EVERY_S + count_modems(page) / 8);
	page_word(page, WORD_TITLE);
	page_put(page, " ");
	page_text(page, name);
	fprintf(page->to, "</span></h1>\n<a href=\"?lang=%s\" lang=\"%s\" "
	    "hreflang=\"%s\">", other, other, other);
	page_word(page, WORD_OTHER_LANGUAGE);
	page_put(page, "</a></header>\n<p id=\"lost\" role=\"alert\" "
	    "hidden>");
	page_word(page, WORD_LOST);
	page_put(page, "</p>\n<main>\n");
}

static void
put_foot(const struct page *page)
{
	page_put(page, "</main>\n<footer><span id=\"as-of\">");
	page_word(page, WORD_AS_OF);
	page_put(page, " ");
	page_moment(page, page->now);
	page_put(page, "</span> <span>baotin ");
	page_text(page, text_of(json_object_get(page->snapshot, "status"), "version"));
	page_put(page, "</span> <noscript>");
	page_word(page, WORD_NO_SCRIPT);
	page_put(page, "</noscript></footer>\n</body>\n</html>\n");
}

char *
page_write(const json_t *snapshot, const char *language)
{
	struct page page = {
		.snapshot = snapshot,
		.now = (int64_t)number_of(snapshot, "at"),
		.is_english = strcmp(language, "en") == 0,
	};
	char *text = NULL;
	size_t size;

	page.to = open_memstream(&text, &size);
	if (page.to == NULL)
		abort();	/* out of memory: base/mem.h's rule */
	(void)when_format_date(page.now, page.today);
	put_head(&page);
	page_verdict(&page);
	put_alarms(&page);
	put_gateways(&page);
	put_queue(&page);
	put_today(&page);
	put_foot(&page);
	(void)fclose(page.to);
	return text;
}
