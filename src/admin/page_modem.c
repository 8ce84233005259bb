/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The card of a modem.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/member.h"
#include "admin/page_out.h"
#include "base/mem.h"
#include "ipc/health.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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

static const struct {
	const char *period;
	enum page_word word;
} periods[] = {
	{"minute", WORD_QUOTA_MINUTE},
	{"hour", WORD_QUOTA_HOUR},
	{"day", WORD_QUOTA_DAY},
	{"month", WORD_QUOTA_MONTH},
};

static enum health_language
language_of(const struct page *page)
{
	return page->is_english ? HEALTH_EN : HEALTH_VI;
}

const char *
page_modem_advice(const struct page *page, const json_t *modem)
{
	enum health_reason reason = health_find(text_of(modem, "reason"));
	const char *advice = health_row(reason)->advice[language_of(page)];

	return advice != NULL ? advice : "";
}

char *
page_modem_sentence(const struct page *page, const json_t *modem)
{
	enum health_reason reason = health_find(text_of(modem, "reason"));
	const char *text = text_of(modem, "trouble");

	if (reason != HEALTH_WELL)
		return health_sentence(reason, language_of(page),
		    text_of(modem, "reason_detail"));
	if (*text == '\0' && strcmp(text_of(modem, "breaker"), "open") == 0)
		text = page_say(page, WORD_BREAKER);
	return xstrdup(text);
}

static size_t
state_of(const json_t *modem)
{
	size_t i = 0;

	while (i < COUNT(states) && strcmp(text_of(modem, "state"),
	    states[i].state) != 0)
		i++;
	return i;
}

const char *
page_modem_state(const struct page *page, const json_t *modem)
{
	const char *wish = text_of(modem, "wish");
	size_t state = state_of(modem);

	if (strcmp(wish, "paused") == 0)
		return page_say(page, WORD_WISH_PAUSED);
	if (strcmp(wish, "drain") == 0)
		return page_say(page, WORD_WISH_DRAIN);
	if (state < COUNT(states) && !can_send(modem) &&
	    strcmp(states[state].class, "good") == 0)
		return page_say(page, WORD_STATE_RESTING);
	return state < COUNT(states) ? page_say(page, states[state].word)
	    : text_of(modem, "state");
}

/* How bad the modem's state is, as a class of the style. */
static const char *
class_of(const json_t *modem, size_t state)
{
	char *sentence;
	bool is_hindered;

	if (state < COUNT(states) && strcmp(states[state].class, "good") != 0)
		return states[state].class;
	if (state == COUNT(states) || !can_send(modem))
		return "weak";
	sentence = page_modem_sentence(&(struct page){0}, modem);
	is_hindered = *sentence != '\0';
	free(sentence);
	return is_hindered ? "weak" : "good";
}

static void
put_term(const struct page *page, enum page_word word)
{
	page_put(page, "<dt>");
	page_word(page, word);
	page_put(page, "</dt><dd>");
}

static void
put_end(const struct page *page)
{
	page_put(page, "</dd>\n");
}

/* Shows none to five bars: -110 dBm is the edge, -60 is beside the mast. */
static void
put_signal(const struct page *page, double dbm)
{
	int bars = dbm < -109 ? 0 : dbm > -60 ? 5 : (int)((dbm + 109) / 10);

	put_term(page, WORD_SIGNAL);
	if (dbm == 0) {
		page_word(page, WORD_SIGNAL_UNKNOWN);
		put_end(page);
		return;
	}
	page_put(page, "<svg class=\"bars\" viewBox=\"0 0 24 14\" "
	    "aria-hidden=\"true\">");
	for (int i = 0; i < 5; i++)
		fprintf(page->to, "<rect class=\"%s\" x=\"%d\" y=\"%d\" "
		    "width=\"4\" height=\"%d\" rx=\"1\"/>",
		    i < bars ? "on" : "off", 5 * i, 11 - 2 * i - i / 2,
		    3 + 2 * i + i / 2);
	fprintf(page->to, "</svg> %.0f dBm, ", dbm);
	page_word(page, (enum page_word)(WORD_SIGNAL_0 + bars));
	put_end(page);
}

static void
put_operator(const struct page *page, const json_t *modem)
{
	if (*text_of(modem, "operator") == '\0')
		return;
	put_term(page, WORD_OPERATOR);
	page_text(page, text_of(modem, "operator"));
	page_put(page, " <span class=\"tech\">");
	page_text(page, text_of(modem, "technology"));
	page_put(page, "</span>");
	put_end(page);
}

static void
put_quota(const struct page *page, const json_t *row)
{
	const char *period = text_of(row, "period");
	double used = number_of(row, "used"), limit = number_of(row, "limit");

	fprintf(page->to, "<span class=\"quota%s\">%.0f/%.0f ",
	    used >= limit ? " bad" : used >= 0.8 * limit ? " weak" : "", used,
	    limit);
	for (size_t i = 0; i < COUNT(periods); i++)
		if (strcmp(period, periods[i].period) == 0)
			period = page_say(page, periods[i].word);
	page_text(page, period);
	page_put(page, "</span> ");
}

/* Shows the quotas of a day and longer. Those of a minute and an hour end
 * soon. */
static void
put_quotas(const struct page *page, const json_t *quotas)
{
	const json_t *row;
	bool is_begun = false;
	size_t i;

	json_array_foreach(quotas, i, row) {
		const char *period = text_of(row, "period");

		if (number_of(row, "limit") <= 0 ||
		    strcmp(period, "minute") == 0 ||
		    strcmp(period, "hour") == 0)
			continue;
		if (!is_begun)
			put_term(page, WORD_QUOTA);
		is_begun = true;
		put_quota(page, row);
	}
	if (is_begun)
		put_end(page);
}

static void
put_balance(const struct page *page, const json_t *modem)
{
	const json_t *balance = json_object_get(modem, "balance");

	if (!json_is_number(balance))
		return;
	put_term(page, WORD_BALANCE);
	fprintf(page->to, "%.0f", json_number_value(balance));
	if (number_of(modem, "balance_at") > 0) {
		page_put(page, " <small>");
		page_moment(page, (int64_t)number_of(modem, "balance_at"));
		page_put(page, "</small>");
	}
	put_end(page);
}

static void
put_lacks(const struct page *page, const json_t *lacks)
{
	const json_t *word;
	size_t i;

	if (json_array_size(lacks) == 0)
		return;
	put_term(page, WORD_LACKS);
	json_array_foreach(lacks, i, word) {
		page_put(page, i > 0 ? ", " : "");
		if (json_is_string(word))
			page_text(page, json_string_value(word));
	}
	put_end(page);
}

static void
put_facts(const struct page *page, const json_t *modem)
{
	page_put(page, "<dl>\n");
	put_operator(page, modem);
	put_signal(page, number_of(modem, "dbm"));
	put_quotas(page, json_object_get(modem, "quotas"));
	put_balance(page, modem);
	put_term(page, WORD_LAST_SENT);
	if (number_of(modem, "last_sent_at") == 0)
		page_word(page, WORD_NEVER);
	else
		page_moment(page, (int64_t)number_of(modem, "last_sent_at"));
	put_end(page);
	put_lacks(page, json_object_get(modem, "lacks"));
	page_put(page, "</dl>\n");
}

static void
put_trouble(const struct page *page, const json_t *modem)
{
	char *sentence = page_modem_sentence(page, modem);

	if (*sentence != '\0') {
		page_put(page, "<p class=\"why\">");
		page_text(page, sentence);
		page_put(page, "</p>\n");
	}
	page_todo(page, page_modem_advice(page, modem));
	free(sentence);
}

void
page_modem(const struct page *page, const char *gateway, const json_t *modem,
    int64_t at)
{
	const json_t *plots = json_object_get(json_object_get(page->snapshot,
	    "plots"), gateway);
	size_t state = state_of(modem);

	fprintf(page->to, "<article class=\"card %s\"><h3>",
	    class_of(modem, state));
	page_text(page, text_of(modem, "name"));
	page_put(page, "</h3> <span class=\"state\">");
	page_text(page, page_modem_state(page, modem));
	page_put(page, "</span> <small>");
	page_word(page, WORD_SINCE);
	page_put(page, " ");
	page_moment(page, number_of(modem, "since_at") > 0
	    ? (int64_t)number_of(modem, "since_at")
	    : at - (int64_t)(number_of(modem, "since_s") * 1000));
	page_put(page, "</small>\n");
	put_trouble(page, modem);
	put_facts(page, modem);
	page_modem_plot(page, json_object_get(plots, text_of(modem, "name")));
	page_put(page, "</article>\n");
}
