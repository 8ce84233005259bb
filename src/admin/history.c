/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The counters of modems begin at 0 with the daemon, and Redis adds to its own.
 * So each call sends what was added since the last successful call. If a call's
 * answer is lost, its numbers may count twice: that is good enough for a plot.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "admin/history.h"
#include "admin/look.h"
#include "admin/member.h"
#include "admin/request.h"
#include "base/mem.h"
#include "redis/script.h"

#define FIRST_S 1
#define EVERY_S 10

static const char *const counters[] = {"sent", "refused", "reports"};
#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

struct history {
	const struct admin_tools *tools;
	struct event *timer;
	json_t *told;			/* {MODEM: its object}: Redis has it */
	struct telling *telling;	/* under way, or NULL */
	struct admin_queue queue;	/* as Redis last said */
	bool is_known;
};

struct telling {
	struct history *history;	/* NULL: it is gone */
	json_t *modems;
};

/* The difference to the last point. If the modem's counters started again, all
 * that it has counted. */
static json_t *
point_of(const struct history *history, const json_t *modem)
{
	const json_t *before = json_object_get(history->told,
	    text_of(modem, "name"));
	json_t *point = json_pack("[s, o]", text_of(modem, "name"),
	    json_sprintf("%d", (int)number_of(modem, "dbm")));

	for (size_t i = 0; i < COUNTERS; i++) {
		double n = number_of(modem, counters[i]);
		double old = number_of(before, counters[i]);

		(void)json_array_append_new(point,
		    json_sprintf("%.0f", n >= old ? n - old : n));
	}
	return point;
}

static void
on_told(const json_t *result, const char *error, void *arg)
{
	struct telling *telling = arg;
	struct history *history = telling->history;
	json_t *modem;
	size_t i;

	if (history != NULL) {
		history->telling = NULL;
		history->is_known = error == NULL;
	}
	if (history != NULL && error == NULL) {
		history->queue.n = (int64_t)number_of(result, "waiting");
		history->queue.oldest_at = (int64_t)number_of(result,
		    "oldest_at");
		(void)json_object_clear(history->told);
		json_array_foreach(telling->modems, i, modem)
			(void)json_object_set(history->told,
			    text_of(modem, "name"), modem);
	}
	json_decref(telling->modems);
	free(telling);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval every = {.tv_sec = EVERY_S};
	struct history *history = arg;
	const struct admin_tools *tools = history->tools;
	json_t *look, *modem, *points;
	struct history_args args;
	struct telling *telling;
	char *view;
	size_t i;

	(void)fd;
	(void)what;
	(void)event_add(history->timer, &every);
	if (history->telling != NULL || !redis_is_writable(tools->redis))
		return;
	look = look_new(tools);
	look_judge(look);
	view = json_dumps(look, JSON_COMPACT);
	telling = xcalloc(1, sizeof(*telling));
	telling->history = history;
	telling->modems = json_incref(json_object_get(look, "modems"));
	points = json_array();
	json_array_foreach(telling->modems, i, modem)
		(void)json_array_append_new(points, point_of(history, modem));
	history->telling = telling;
	args = (struct history_args){.view = view, .points = points};
	call_run(tools->redis, tools->hooks->conf(tools->arg), SCRIPT_HISTORY,
	    history_words(&args), on_told, telling);
	json_decref(points);
	free(view);
	json_decref(look);
}

struct history *
history_new(struct event_base *base, const struct admin_tools *tools)
{
	static const struct timeval first = {.tv_sec = FIRST_S};
	struct history *history = xcalloc(1, sizeof(*history));

	history->tools = tools;
	history->told = json_object();
	history->timer = evtimer_new(base, on_timer_cb, history);
	if (history->timer == NULL)
		abort();	/* out of memory: base/mem.h's rule */
	(void)event_add(history->timer, &first);
	return history;
}

int
history_queue(const struct history *history, struct admin_queue *out)
{
	*out = history->queue;
	return history->is_known ? 0 : -1;
}

void
history_free(struct history *history)
{
	if (history == NULL)
		return;
	if (history->telling != NULL)
		history->telling->history = NULL;
	event_free(history->timer);
	json_decref(history->told);
	free(history);
}
