/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One line that says whether texts go out, why not, and what to do next.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin/member.h"
#include "admin/summary.h"
#include "base/mem.h"

#define DAY_S 86400

/* " since 18:31", with the date when it is more than a day ago; "" unknown. In
 * the gateway's zone. */
static void
since_text(const json_t *status, char *out, size_t size)
{
	time_t since = (time_t)(number_of(status, "turned_at") / 1000);
	struct tm tm;

	*out = '\0';
	if (since == 0 || localtime_r(&since, &tm) == NULL)
		return;
	if (strftime(out, size, time(NULL) - since < DAY_S ? " since %H:%M"
	    : " since %Y-%m-%d %H:%M", &tm) == 0)
		*out = '\0';
}

/* One word for the state of a modem that can't send. */
static const char *
word_of(const json_t *modem)
{
	const char *wish = text_of(modem, "wish");
	const char *state = text_of(modem, "state");

	if (*wish != '\0' && strcmp(wish, "up") != 0)
		return strcmp(wish, "drain") == 0 ? "drained" : wish;
	if (strcmp(state, "ready") == 0 || strcmp(state, "busy") == 0)
		return "refusing";	/* its breaker is open */
	return state;
}

/* "both modems down", "modem1 locked, modem2 down"; the caller frees. */
static char *
modems_text(const json_t *modems)
{
	size_t n = json_array_size(modems), i;
	const char *first = word_of(json_array_get(modems, 0));
	bool are_same = n > 1;
	char *all = xstrdup("");
	const json_t *modem;

	json_array_foreach(modems, i, modem) {
		char *next = xasprintf("%s%s%s %s", all, i > 0 ? ", " : "",
		    text_of(modem, "name"), word_of(modem));

		are_same = are_same && strcmp(word_of(modem), first) == 0;
		free(all);
		all = next;
	}
	if (are_same) {
		free(all);
		return n == 2 ? xasprintf("both modems %s", first)
		    : xasprintf("all %zu modems %s", n, first);
	}
	return all;
}

/* The advice of the first modem that has any. */
static const char *
advice_of(const json_t *modems)
{
	const json_t *modem;
	size_t i;

	json_array_foreach(modems, i, modem) {
		const char *wish = text_of(modem, "wish");

		if (*wish != '\0' && strcmp(wish, "up") != 0)
			return "baotinctl resume MODEM";
		if (*text_of(modem, "advice") != '\0')
			return text_of(modem, "advice");
	}
	return "baotinctl modems";
}

static const char *
gate_text(const char *gate)
{
	if (strcmp(gate, "key_changed") == 0)
		return "the key file is not the one that Redis knows; next: "
		    "put it back and restart, or baotinctl key accept";
	if (strcmp(gate, "others") == 0)
		return "another gateway must say what it sent; next: start "
		    "it, or baotinctl gateway forget NAME";
	return "Redis first gets what it may have lost; next: wait, this takes "
	    "seconds; else baotinctl alarms";
}

static char *
not_sending(const json_t *look, const char *why)
{
	const json_t *status = json_object_get(look, "status");
	const json_t *redis = json_object_get(status, "redis");
	const json_t *modems = json_object_get(look, "modems");
	char since[40], *states, *line;

	since_text(status, since, sizeof(since));
	if (strcmp(why, "redis") == 0)
		return xasprintf("NOT SENDING%s: Redis at %s: %s; next: "
		    "systemctl status redis-server", since, text_of(redis,
		    "address"), *text_of(redis, "trouble") != '\0'
		    ? text_of(redis, "trouble") : text_of(redis, "state"));
	if (strcmp(why, "gate") == 0)
		return xasprintf("NOT SENDING%s: %s", since,
		    gate_text(text_of(status, "gate")));
	if (strcmp(why, "no_modem") == 0)
		return xasprintf("NOT SENDING: there is no modem; next: name "
		    "one under modems in the configuration");
	states = modems_text(modems);
	line = xasprintf("NOT SENDING%s: %s; next: %s", since, states,
	    advice_of(modems));
	free(states);
	return line;
}

char *
summary_line(const json_t *look)
{
	const json_t *window = json_object_get(json_object_get(look,
	    "waiting"), "window");
	const char *why = text_of(look, "why");
	time_t turns = (time_t)(number_of(window, "turns_at") / 1000);
	char opens[40] = "";
	struct tm tm;

	if (strcmp(why, "hold") == 0)
		return xasprintf("ON HOLD: an operator holds all texts; next: "
		    "baotinctl release");
	if (strcmp(why, "window") == 0 && localtime_r(&turns, &tm) != NULL &&
	    strftime(opens, sizeof(opens), "%Y-%m-%d %H:%M", &tm) > 0)
		return xasprintf("WAITING: outside of notices.window %s, which "
		    "opens at %s; answers go out", text_of(window, "hours"),
		    opens);
	if (*why != '\0')
		return not_sending(look, why);
	return xasprintf("SENDING: %.0f of %zu modems can send",
	    number_of(look, "usable"), json_array_size(json_object_get(look,
	    "modems")));
}
