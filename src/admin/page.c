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
#include "base/mem.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define FRESH_MS  60000		/* a gateway says how it is every 10 s */
#define OLD_MS    60000		/* a younger one is not worth a word */
#define LINES_MAX 4
#define EVERY_S   5		/* page.js asks so often; many modems: rarer */

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

static const json_t *
status_of(const struct page *page)
{
	return json_object_get(page->snapshot, "status");
}

static const json_t *
queue_of(const struct page *page)
{
	return json_object_get(page->snapshot, "queue");
}

/* --- the verdict ---------------------------------------------------------- */

/* Why texts don't go out, as look_judge() says it, and what to do. */
static const struct verdict {
	const char *why, *class;
	enum page_word head, cause, todo;
} verdicts[] = {
	{"redis", "bad", WORD_NOT_SENDING, WORD_WHY_REDIS, WORD_DO_REDIS},
	{"key_changed", "bad", WORD_NOT_SENDING, WORD_WHY_KEY, WORD_DO_KEY},
	{"others", "bad", WORD_NOT_SENDING, WORD_WHY_OTHERS, WORD_DO_OTHERS},
	{"gate", "weak", WORD_NOT_SENDING, WORD_WHY_GATE, WORD_DO_GATE},
	{"no_modem", "bad", WORD_NOT_SENDING, WORD_WHY_NO_MODEM,
	    WORD_DO_NO_MODEM},
	{"modems", "bad", WORD_NOT_SENDING, WORD_WHY_MODEMS, WORD_NOW},
	{"hold", "wait", WORD_HOLDING, WORD_WHY_HOLD, WORD_DO_HOLD},
	{"window", "wait", WORD_WINDOW_CLOSED, WORD_OPENS_AT, WORD_NOW},
};

static const struct verdict *
verdict_of(const struct page *page)
{
	const char *why = text_of(page->snapshot, "why");
	const char *gate = text_of(status_of(page), "gate");

	for (size_t i = 0; i < COUNT(verdicts); i++)
		if (strcmp(verdicts[i].why, why) == 0 ||
		    (strcmp(why, "gate") == 0 &&
		    strcmp(verdicts[i].why, gate) == 0))
			return &verdicts[i];
	return NULL;
}

static const struct icon {
	const char *class, *path, *colour;
} icons[] = {
	{"good", "M6 12.5l4 4L18 8", "#17613a"},
	{"weak", "M12 6v8M12 17.5v.5", "#b36b00"},
	{"bad", "M8 8l8 8M16 8l-8 8", "#9b1c1c"},
	{"wait", "M9.5 8v8M14.5 8v8", "#234f86"},
};

static const struct icon *
icon_of(const char *class)
{
	for (size_t i = 0; i < COUNT(icons); i++)
		if (strcmp(icons[i].class, class) == 0)
			return &icons[i];
	return &icons[0];
}

char *
page_icon(const char *class)
{
	const struct icon *icon = icon_of(class);

	return xasprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"#fff\" "
	    "stroke-width=\"2.6\" stroke-linecap=\"round\"><circle "
	    "cx=\"12\" cy=\"12\" r=\"11\" fill=\"%s\" stroke=\"none\"/>"
	    "<path d=\"%s\"/></svg>\n", icon->colour, icon->path);
}

static void
put_icon(const struct page *page, const char *class)
{
	fprintf(page->to, "<svg class=\"icon\" viewBox=\"0 0 24 24\" "
	    "aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"11\"/>"
	    "<path d=\"%s\"/></svg>", icon_of(class)->path);
}

/* One line for each modem that can't send, or is hindered. */
static size_t
put_ill_modems(const struct page *page, bool is_dry)
{
	const json_t *modem;
	size_t i, n = 0;

	json_array_foreach(json_object_get(page->snapshot, "modems"), i,
	    modem) {
		char *sentence = page_modem_sentence(page, modem);
		bool is_ill = !can_send(modem) || *sentence != '\0';

		if (is_ill && !is_dry && n < LINES_MAX) {
			page_put(page, "<li><b>");
			page_text(page, text_of(modem, "name"));
			page_put(page, "</b>: ");
			page_text(page, *sentence != '\0' ? sentence
			    : page_modem_state(page, modem));
			page_todo(page, page_modem_advice(page, modem));
			page_put(page, "</li>\n");
		}
		n += is_ill;
		free(sentence);
	}
	if (!is_dry && n > LINES_MAX)
		fprintf(page->to, "<li>… +%zu</li>\n", n - LINES_MAX);
	return n;
}

/* Agencies whose texts are held. */
static size_t
put_holds(const struct page *page, bool is_dry)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(json_object_get(queue_of(page), "held"), i, row) {
		if (!json_is_true(json_object_get(row, "on_hold")))
			continue;
		if (!is_dry && n < LINES_MAX) {
			page_put(page, "<li>");
			page_word(page, WORD_HELD_AGENCY);
			page_put(page, " <b>");
			page_text(page, text_of(row, "agency"));
			fprintf(page->to, "</b> (%.0f). ",
			    number_of(row, "messages"));
			page_word(page, WORD_DO_HELD);
			page_put(page, "</li>\n");
		}
		n++;
	}
	return n;
}

static void
put_awaited(const struct page *page)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(status_of(page),
	    "gateways_awaited"), i, name) {
		page_put(page, i > 0 ? ", " : "");
		if (json_is_string(name))
			page_text(page, json_string_value(name));
	}
}

static void
put_cause(const struct page *page, const struct verdict *verdict)
{
	const json_t *window = json_object_get(json_object_get(page->snapshot,
	    "waiting"), "window");

	int64_t turned_at = (int64_t)number_of(status_of(page), "turned_at");

	page_put(page, "<p class=\"cause\">");
	page_word(page, verdict->cause);
	if (verdict->cause == WORD_OPENS_AT) {
		page_put(page, " <b>");
		page_moment(page, (int64_t)number_of(window, "turns_at"));
		page_put(page, "</b> (");
		page_word(page, WORD_HOURS);
		page_put(page, " ");
		page_text(page, text_of(window, "hours"));
		page_put(page, ").");
	} else if (verdict->cause == WORD_WHY_OTHERS) {
		put_awaited(page);
	} else if (verdict->cause == WORD_WHY_REDIS) {
		page_put(page, " <span class=\"raw\">");
		page_text(page, text_of(json_object_get(status_of(page),
		    "redis"), "trouble"));
		page_put(page, "</span>");
	}
	if (turned_at > 0 && strcmp(verdict->class, "bad") == 0) {
		page_put(page, " <small>(");
		page_word(page, WORD_SINCE);
		page_put(page, " ");
		page_moment(page, turned_at);
		page_put(page, ")</small>");
	}
	page_put(page, "</p>\n");
	if (verdict->todo != WORD_NOW)
		page_todo(page, page_say(page, verdict->todo));
}

static void
put_waiting(const struct page *page)
{
	const json_t *totals = json_object_get(status_of(page), "queue");
	const json_t *oldest = json_object_get(totals, "oldest_at");
	double n = number_of(totals, "ready") + number_of(totals, "delayed") +
	    number_of(totals, "behind") + number_of(totals, "held_back");

	if (!json_is_object(totals))
		return;
	page_put(page, " ");
	if (n == 0) {
		page_word(page, WORD_NOTHING_WAITS);
		return;
	}
	fprintf(page->to, "<b>%.0f</b> ", n);
	page_word(page, WORD_WAITING);
	if (json_is_number(oldest) && page->now -
	    (int64_t)json_number_value(oldest) >= OLD_MS) {
		page_put(page, ", ");
		page_word(page, WORD_FOR_LONG);
		page_put(page, " ");
		page_age(page, page->now -
		    (int64_t)json_number_value(oldest));
	}
	page_put(page, ".");
}

static bool
is_well(const struct page *page)
{
	return put_ill_modems(page, true) + put_holds(page, true) == 0 &&
	    json_array_size(json_object_get(page->snapshot, "alarms")) == 0;
}

/* How it is as a whole, as a class of the style. */
static const char *
class_of(const struct page *page)
{
	const struct verdict *verdict = verdict_of(page);

	return verdict != NULL ? verdict->class
	    : is_well(page) ? "good" : "weak";
}

static void
put_verdict(const struct page *page)
{
	const struct verdict *verdict = verdict_of(page);
	size_t ill = put_ill_modems(page, true), holds = put_holds(page, true);
	size_t modems = json_array_size(json_object_get(page->snapshot,
	    "modems"));
	const char *class = class_of(page);

	fprintf(page->to, "<section id=\"verdict\" class=\"verdict %s\" "
	    "role=\"status\">\n", class);
	put_icon(page, class);
	page_put(page, "<div><h2>");
	page_word(page, verdict != NULL ? verdict->head : is_well(page)
	    ? WORD_SENDING : WORD_SENDING_BUT);
	page_put(page, "</h2>\n");
	if (verdict != NULL)
		put_cause(page, verdict);
	page_put(page, "<p>");
	if (ill == 0 && modems > 0)
		page_word(page, verdict == NULL ? WORD_ALL_WELL
		    : WORD_ALL_READY);
	else if (number_of(page->snapshot, "usable") > 0)
		fprintf(page->to, "<b>%.0f/%zu</b> %s.", number_of(
		    page->snapshot, "usable"), modems, page_say(page,
		    WORD_CAN_SEND));
	put_waiting(page);
	page_put(page, "</p>\n");
	if (ill + holds > 0) {
		page_put(page, "<ul>\n");
		(void)put_ill_modems(page, false);
		(void)put_holds(page, false);
		page_put(page, "</ul>\n");
	}
	page_put(page, "</div></section>\n");
}

/* --- alarms --------------------------------------------------------------- */

/* The daemon tells what it knows in English: in Vietnamese the row of
 * alarm.def comes first, and what is more precise behind it. */
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

/* What is known of another gateway, and how old it is. */
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
	const json_t *totals = json_object_get(status_of(page), "queue");
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

/* Of all gateways. */
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
	const struct verdict *verdict = verdict_of(page);
	const char *other = page->is_english ? "vi" : "en";

	fprintf(page->to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n<title>",
	    page->is_english ? "en" : "vi");
	page_text(page, name);
	page_put(page, ": ");
	page_word(page, verdict != NULL ? verdict->head : WORD_SENDING);
	fprintf(page->to, "</title>\n<link rel=\"icon\" "
	    "href=\"icon.svg?%s\">\n", class_of(page));
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
	page_text(page, text_of(status_of(page), "version"));
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
	put_verdict(&page);
	put_alarms(&page);
	put_gateways(&page);
	put_queue(&page);
	put_foot(&page);
	(void)fclose(page.to);
	return text;
}
