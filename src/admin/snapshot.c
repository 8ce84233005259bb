/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks the daemon once, and Redis three questions at the same time; now and
 * then also a fourth one for the plots.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "admin/look.h"
#include "admin/member.h"
#include "admin/plot.h"
#include "admin/queue.h"
#include "admin/request.h"
#include "admin/snapshot.h"
#include "admin/tally.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "redis/script.h"

#define VIEW_MOST ((size_t)512 * 1024)	/* octets of a gateway's report */

struct waiter {
	STAILQ_ENTRY(waiter) entry;
	snapshot_done *done;
	void *arg;
};

/* A snapshot that is being made. */
struct fetch {
	struct snapshot *snapshot;	/* NULL: nobody waits for it any more */
	json_t *object;
	json_t *wanted;			/* of the plots */
	unsigned n_open;		/* questions without an answer */
};

struct snapshot {
	const struct admin_tools *tools;
	json_t *object;			/* NULL: none yet */
	int64_t made_ms;		/* monotonic */
	json_t *plots;
	int64_t plots_ms;
	struct fetch *fetch;		/* or NULL */
	STAILQ_HEAD(, waiter) waiters;
};

static void
tell_all(struct snapshot *snapshot, const json_t *object)
{
	struct waiter *waiter;

	while ((waiter = STAILQ_FIRST(&snapshot->waiters)) != NULL) {
		STAILQ_REMOVE_HEAD(&snapshot->waiters, entry);
		waiter->done(object, waiter->arg);
		free(waiter);
	}
}

static void
fetch_free(struct fetch *fetch)
{
	json_decref(fetch->object);
	json_decref(fetch->wanted);
	free(fetch);
}

static void
finish(struct snapshot *snapshot)
{
	json_t *object = json_incref(snapshot->fetch->object);

	look_judge(object);
	(void)json_object_set(object, "plots", snapshot->plots);
	json_decref(snapshot->object);
	snapshot->object = object;
	snapshot->made_ms = clock_mono_ms();
	fetch_free(snapshot->fetch);
	snapshot->fetch = NULL;
	/* A hook that gets the object may ask again; that must not free the
	 * object. */
	json_incref(object);
	tell_all(snapshot, object);
	json_decref(object);
}

static void
ask(struct fetch *fetch, enum script script, struct call_words args,
    redis_reply *done)
{
	const struct admin_tools *tools = fetch->snapshot->tools;

	fetch->n_open++;
	call_raw(tools->redis, tools->hooks->conf(tools->arg), script, args,
	    done, fetch);
}

/* One question less is open. Returns false when its answer is not needed any
 * more. */
static bool
is_wanted(struct fetch *fetch)
{
	fetch->n_open--;
	if (fetch->snapshot == NULL && fetch->n_open == 0)
		fetch_free(fetch);
	else if (fetch->snapshot != NULL)
		return true;
	return false;
}

static void
on_plots(const json_t *reply, const char *error, void *arg)
{
	struct fetch *fetch = arg;
	struct snapshot *snapshot = fetch->snapshot;

	if (!is_wanted(fetch))
		return;
	if (error == NULL) {
		json_decref(snapshot->plots);
		snapshot->plots = plots_read(fetch->wanted, reply);
		snapshot->plots_ms = clock_mono_ms();
	}
	finish(snapshot);
}

/* All answers are here, or will never come. */
static void
go_on(struct fetch *fetch)
{
	struct snapshot *snapshot = fetch->snapshot;
	struct plots_args args;

	if (fetch->n_open > 0)
		return;
	if (snapshot->plots != NULL &&
	    clock_mono_ms() - snapshot->plots_ms < PLOTS_MS) {
		finish(snapshot);
		return;
	}
	fetch->wanted = plots_wanted(fetch->object);
	args.wanted = fetch->wanted;
	ask(fetch, SCRIPT_PLOTS, plots_words(&args), on_plots);
}

static void
on_queue(const json_t *reply, const char *error, void *arg)
{
	struct fetch *fetch = arg;
	json_t *object = fetch->object;

	if (!is_wanted(fetch))
		return;
	if (error == NULL) {
		(void)json_object_set_new(object, "queue", queue_view(reply,
		    json_incref(json_object_get(object, "waiting"))));
		(void)json_object_set_new(json_object_get(object, "status"),
		    "queue", queue_totals(reply));
	}
	go_on(fetch);
}

/* Asks what the agencies of the configuration did today. */
static void
on_tallies(const json_t *reply, const char *error, void *arg)
{
	struct fetch *fetch = arg;
	json_t *list = json_array();
	const json_t *row;
	size_t i;

	if (!is_wanted(fetch)) {
		json_decref(list);
		return;
	}
	(void)error;		/* then there is no reply */
	json_array_foreach(reply, i, row) {
		json_t *sums = json_object(), *view;

		tally_add(sums, row);
		view = tally_view(sums);
		(void)json_object_set(view, "agency", json_array_get(row, 0));
		(void)json_array_append_new(list, view);
		json_decref(sums);
	}
	(void)json_object_set_new(fetch->object, "today", list);
	go_on(fetch);
}

static void
ask_tallies(struct fetch *fetch, const struct conf *conf)
{
	json_t *agencies = json_array(), *days;
	char today[WHEN_SIZE];
	struct tallies_args args;

	for (size_t i = 0; i < conf->n_agencies; i++)
		(void)json_array_append_new(agencies,
		    json_string(conf->agencies[i].id));
	days = json_pack("[s#]", when_format(clock_wall_ms(), today),
	    (int)strlen("2026-11-28"));
	args = (struct tallies_args){.agencies = agencies, .days = days};
	ask(fetch, SCRIPT_TALLIES, tallies_words(&args), on_tallies);
	json_decref(agencies);
	json_decref(days);
}

static const char *
word(const json_t *row, size_t i)
{
	const char *value = json_string_value(json_array_get(row, i));

	return value != NULL ? value : "";
}

/* Another gateway. Its report may come from another version. */
static json_t *
read_gateway(const json_t *row)
{
	const char *text = word(row, 3);
	json_error_t fault;
	json_t *out = strlen(text) <= VIEW_MOST ? json_loads(text, 0, &fault)
	    : NULL;

	if (!json_is_object(out)) {
		json_decref(out);
		out = json_object();
	}
	(void)json_object_set_new(out, "name", json_string(word(row, 0)));
	(void)json_object_set_new(out, "seen_at",
	    json_integer(strtoll(word(row, 1), NULL, 10)));
	(void)json_object_set_new(out, "is_released",
	    json_boolean(*word(row, 2) != '\0'));
	return out;
}

static void
on_overview(const json_t *reply, const char *error, void *arg)
{
	struct fetch *fetch = arg;
	json_t *list = json_array();
	const json_t *row;
	size_t i;

	if (!is_wanted(fetch)) {
		json_decref(list);
		return;
	}
	(void)error;		/* then there is no reply */
	json_array_foreach(reply, i, row)
		if (strcmp(word(row, 0), text_of(fetch->object, "name")) != 0)
			(void)json_array_append_new(list, read_gateway(row));
	(void)json_object_set_new(fetch->object, "gateways", list);
	go_on(fetch);
}

void
snapshot_get(struct snapshot *snapshot, snapshot_done *done, void *arg)
{
	static const struct overview_args none;
	const struct admin_tools *tools = snapshot->tools;
	const struct conf *conf;
	struct waiter *waiter;

	if (snapshot->object != NULL &&
	    clock_mono_ms() - snapshot->made_ms < SNAPSHOT_MS) {
		done(snapshot->object, arg);
		return;
	}
	waiter = xcalloc(1, sizeof(*waiter));
	waiter->done = done;
	waiter->arg = arg;
	STAILQ_INSERT_TAIL(&snapshot->waiters, waiter, entry);
	if (snapshot->fetch != NULL)
		return;
	conf = tools->hooks->conf(tools->arg);
	snapshot->fetch = xcalloc(1, sizeof(*snapshot->fetch));
	snapshot->fetch->snapshot = snapshot;
	snapshot->fetch->object = look_new(tools);
	(void)json_object_set_new(snapshot->fetch->object, "zone",
	    json_string(conf->gateway.timezone));
	ask(snapshot->fetch, SCRIPT_QUEUE, queue_args(conf), on_queue);
	ask_tallies(snapshot->fetch, conf);
	ask(snapshot->fetch, SCRIPT_OVERVIEW, overview_words(&none),
	    on_overview);
}

struct snapshot *
snapshot_new(const struct admin_tools *tools)
{
	struct snapshot *snapshot = xcalloc(1, sizeof(*snapshot));

	snapshot->tools = tools;
	STAILQ_INIT(&snapshot->waiters);
	return snapshot;
}

void
snapshot_free(struct snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	tell_all(snapshot, NULL);
	if (snapshot->fetch != NULL)
		snapshot->fetch->snapshot = NULL;
	json_decref(snapshot->object);
	json_decref(snapshot->plots);
	free(snapshot);
}
