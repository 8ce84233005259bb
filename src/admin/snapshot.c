/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs the commands one after the other, as a client of the status socket
 * would.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "admin/member.h"
#include "admin/request.h"
#include "admin/snapshot.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ipc/control.h"

static const char *const steps[] = {"status", "modems", "alarms"};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

struct waiter {
	STAILQ_ENTRY(waiter) entry;
	snapshot_done *done;
	void *arg;
};

struct snapshot {
	struct admin_tools *tools;
	json_t *object;			/* NULL: none yet */
	json_t *next;			/* that is being made, or NULL */
	struct admin_request *request;	/* under way */
	size_t step;
	int64_t made_ms;		/* monotonic */
	STAILQ_HEAD(, waiter) waiters;
};

static void run_step(struct snapshot *);

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

/* What tells SIMs and modems apart beyond their names stays inside. */
static void
hide(json_t *modems)
{
	static const char *const keys[] = {"imei", "imsi", "iccid", "smsc",
	    "device"};
	json_t *modem;
	size_t i;

	json_array_foreach(modems, i, modem)
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			(void)json_object_del(modem, keys[k]);
}

static size_t
count_usable(const json_t *modems)
{
	const json_t *modem;
	size_t i, n = 0;

	json_array_foreach(modems, i, modem)
		n += can_send(modem);
	return n;
}

/* Why no text can go out, a stable word; "" when they can. */
static const char *
why_not(const json_t *object)
{
	const json_t *redis = json_object_get(json_object_get(object,
	    "status"), "redis");

	if (strcmp(text_of(redis, "state"), "up") != 0)
		return "redis";
	if (json_array_size(json_object_get(object, "modems")) == 0)
		return "no_modem";
	return count_usable(json_object_get(object, "modems")) == 0
	    ? "modems" : "";
}

static void
finish(struct snapshot *snapshot)
{
	json_t *object = snapshot->next;
	const char *why = why_not(object);

	hide(json_object_get(object, "modems"));
	json_object_set_new(object, "at", json_integer(clock_wall_ms()));
	json_object_set_new(object, "usable", json_integer((json_int_t)
	    count_usable(json_object_get(object, "modems"))));
	json_object_set_new(object, "why", json_string(why));
	json_object_set_new(object, "sending", json_boolean(*why == '\0'));
	json_decref(snapshot->object);
	snapshot->object = object;
	snapshot->next = NULL;
	snapshot->made_ms = clock_mono_ms();
	/* One who is told may ask again, and so free nothing of ours. */
	json_incref(object);
	tell_all(snapshot, object);
	json_decref(object);
}

static void
on_answer(const char *text, size_t n, void *arg)
{
	struct snapshot *snapshot = arg;
	struct control_answer answer;
	json_t *result = NULL;

	snapshot->request = NULL;
	if (control_answer_decode((const uint8_t *)text, n, &answer) == 0) {
		result = json_incref(answer.result);
		if (answer.zone != NULL)
			json_object_set_new(snapshot->next, "zone",
			    json_string(answer.zone));
		control_answer_clear(&answer);
	}
	if (snapshot->step == STEPS - 1 && json_is_object(result)) {
		json_t *raised = json_incref(json_object_get(result,
		    "raised"));

		json_decref(result);
		result = raised;
	}
	json_object_set_new(snapshot->next, steps[snapshot->step],
	    result != NULL ? result : json_null());
	if (++snapshot->step < STEPS)
		run_step(snapshot);
	else
		finish(snapshot);
}

static void
run_step(struct snapshot *snapshot)
{
	static const struct admin_peer peer = {.may_change = false};
	char *payload = control_request_encode(&steps[snapshot->step], 1,
	    NULL);

	snapshot->request = request_new(snapshot->tools, &peer,
	    (const uint8_t *)payload, strlen(payload), on_answer, snapshot);
	free(payload);
	if (snapshot->request == NULL)
		abort();	/* a mistake of ours */
	request_run(snapshot->request);
}

void
snapshot_get(struct snapshot *snapshot, snapshot_done *done, void *arg)
{
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
	if (snapshot->next != NULL)
		return;
	snapshot->next = json_object();
	snapshot->step = 0;
	run_step(snapshot);
}

struct snapshot *
snapshot_new(struct admin_tools *tools)
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
	if (snapshot->request != NULL)
		request_forget(snapshot->request);
	tell_all(snapshot, NULL);
	json_decref(snapshot->object);
	json_decref(snapshot->next);
	free(snapshot);
}
