/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * First all keys, with Redis' own cursor; then the members of each set that
 * was found on the way.
 */
#include <stdlib.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "redis/inside.h"
#include "redis/repair.h"
#include "redis/script.h"

#define STEP	    200	/* keys or members a call: some milliseconds */
#define PAUSE_MS    5
#define PROGRESS_MS 10000

struct repair {
	struct store *store;
	struct event *timer;
	char *cursor;
	json_t *sets;		/* names of sets, to look through next */
	size_t set;		/* sets[set - 1] is the present one; 0: keys */
	json_int_t looked, repaired;
	json_t *kinds;
	int64_t told_ms;
	store_repaired *done;
	void *arg;
};

static void
set_cursor(struct repair *repair, const char *cursor)
{
	char *copy = xstrdup(cursor);

	free(repair->cursor);
	repair->cursor = copy;
}

void
store_repair_free(struct repair *repair)
{
	if (repair == NULL)
		return;
	json_decref(repair->sets);
	json_decref(repair->kinds);
	event_free(repair->timer);
	free(repair->cursor);
	free(repair);
}

static void
repair_end(struct repair *repair, const char *error)
{
	json_t *result = json_pack("{sI sI sO}", "looked", repair->looked,
	    "repaired", repair->repaired, "kinds", repair->kinds);

	repair->done(error == NULL ? result : NULL, error, repair->arg);
	json_decref(result);
	store_repair_free(repair);
}

/* One line for each of the first hundred of a call. */
static void
log_repaired(const json_t *told)
{
	const json_t *row;
	size_t i;

	json_array_foreach(told, i, row)
		log_warning("repaired", "what=%s message=%s",
		    json_string_value(json_array_get(row, 0)),
		    json_string_value(json_array_get(row, 1)));
}

static void
add_up(struct repair *repair, const struct repair_result *answer)
{
	const char *what;
	json_t *n;

	repair->looked += answer->looked;
	json_object_foreach((json_t *)(uintptr_t)answer->fixed, what, n) {
		repair->repaired += json_integer_value(n);
		metric_add(METRIC_REPAIRED, json_integer_value(n));
		json_object_set_new(repair->kinds, what,
		    json_integer(json_integer_value(n) + json_integer_value(
		    json_object_get(repair->kinds, what))));
	}
	log_repaired(answer->told);
	if (answer->sets != NULL)
		json_array_extend(repair->sets,
		    (json_t *)(uintptr_t)answer->sets);
}

static void
tell_progress(struct repair *repair)
{
	int64_t now = clock_mono_ms();

	if (now - repair->told_ms < PROGRESS_MS)
		return;
	repair->told_ms = now;
	log_info("repair_progress", "looked=%lld repaired=%lld sets=%zu/%zu",
	    (long long)repair->looked, (long long)repair->repaired,
	    repair->set, json_array_size(repair->sets));
}

static void
on_step(const json_t *result, const char *error, void *arg)
{
	static const struct timeval tv = {0, PAUSE_MS * 1000};
	struct repair *repair = arg;
	struct repair_result answer;

	if (error != NULL) {
		repair_end(repair, error);
		return;
	}
	repair_result_read(result, &answer);
	add_up(repair, &answer);
	tell_progress(repair);
	set_cursor(repair, answer.cursor);
	if (repair->cursor[0] == '0' && repair->cursor[1] == '\0' &&
	    repair->set++ == json_array_size(repair->sets)) {
		repair_end(repair, NULL);
		return;
	}
	event_add(repair->timer, &tv);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct repair *repair = arg;
	struct repair_args args = {
		.cursor = repair->cursor,
		.count = STEP,
	};

	(void)fd;
	(void)what;
	if (repair->set > 0)
		args.set = json_string_value(json_array_get(repair->sets,
		    repair->set - 1));
	call_run(repair->store->redis, repair->store->conf, SCRIPT_REPAIR,
	    repair_words(&args), on_step, repair);
}

struct repair *
store_repair(struct store *store, struct event_base *base,
    store_repaired *done, void *arg)
{
	struct repair *repair = xcalloc(1, sizeof(*repair));

	repair->store = store;
	repair->timer = evtimer_new(base, on_timer_cb, repair);
	if (repair->timer == NULL)
		abort();
	repair->sets = json_array();
	repair->kinds = json_object();
	repair->told_ms = clock_mono_ms();
	repair->done = done;
	repair->arg = arg;
	set_cursor(repair, "0");
	on_timer_cb(-1, 0, repair);
	return repair;
}
