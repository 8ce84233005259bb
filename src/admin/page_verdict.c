/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first section of the page: whether texts go out, why not, since when, and
 * what to do.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/member.h"
#include "admin/page.h"
#include "admin/page_out.h"
#include "base/mem.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define OLD_MS    60000		/* younger news is not mentioned */
#define LINES_MAX 4

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

/* The reasons why texts don't go out, as look_judge() gives them, and what to
 * do. */
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

/* One line for each modem that can't send or is hindered. */
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

/* Writes a line for each agency whose texts are held. */
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

/* The whole state as a class of the style. */
const char *
page_class(const struct page *page)
{
	const struct verdict *verdict = verdict_of(page);

	return verdict != NULL ? verdict->class
	    : is_well(page) ? "good" : "weak";
}

enum page_word
page_headline(const struct page *page)
{
	const struct verdict *verdict = verdict_of(page);

	if (verdict != NULL)
		return verdict->head;
	return is_well(page) ? WORD_SENDING : WORD_SENDING_BUT;
}

void
page_verdict(const struct page *page)
{
	const struct verdict *verdict = verdict_of(page);
	size_t ill = put_ill_modems(page, true), holds = put_holds(page, true);
	size_t modems = json_array_size(json_object_get(page->snapshot,
	    "modems"));
	const char *class = page_class(page);

	fprintf(page->to, "<section id=\"verdict\" class=\"verdict %s\" "
	    "role=\"status\">\n", class);
	put_icon(page, class);
	page_put(page, "<div><h2>");
	page_word(page, page_headline(page));
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
