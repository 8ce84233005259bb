/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Events that could not be used: rejected, rejected requeue.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/view.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"

#define REJECTED_DEFAULT "20"
#define REJECTED_MAX	 1000
#define BATCH		 100	/* entries moved by one call */
#define CUT		 300	/* octets of a value that are shown */
#define FIELDS_SHOWN	 64	/* of one event */
#define ANSWER_MOST	 700000	/* octets; below CONTROL_LIMIT */

static void
rejected_got(struct admin_request *req, const json_t *reply)
{
	json_t *out = json_array();
	const json_t *entry;
	size_t i;

	json_array_foreach(json_array_get(reply, 0), i, entry)
		(void)json_array_append_new(out, view_rejected(req, entry));
	if (json_integer_value(json_array_get(reply, 1)) != 0)
		(void)json_array_append_new(out, json_pack(
		    "{s:s, s:n, s:s, s:n, s:n, s:{}}", "id", "…",
		    "rejected_at", "error", "older ones are left out, for "
		    "they are long: ask for fewer, or read the stream",
		    "field", "entry", "event"));
	admin_reply(req, out);
}

void
cmd_rejected(struct admin_request *req)
{
	const char *count = req->n_args > 0 ? req->args[0] : REJECTED_DEFAULT;
	size_t digits = strspn(count, "0123456789");
	long n = strtol(count, NULL, 10);
	const struct rejected_args args = {
		.count = n,
		.cut = CUT,
		.fields = FIELDS_SHOWN,
		.most = ANSWER_MOST,
	};

	if (digits == 0 || count[digits] != '\0' || n < 1 ||
	    n > REJECTED_MAX)
		admin_fail(req, 2, "COUNT is a number from 1 to %d, or the "
		    "word requeue", REJECTED_MAX);
	else
		request_call(req, rejected_got, SCRIPT_REJECTED,
		    rejected_words(&args));
}

/* The request's state: {"first", "last", "fields", "moved",
 * "stayed", "id4"}. */

static void
add_to(json_t *state, const char *key, const json_t *n)
{
	(void)json_object_set_new(state, key, json_integer(json_integer_value(
	    json_object_get(state, key)) + json_integer_value(n)));
}

static json_int_t
count_of(const json_t *state, const char *key)
{
	return json_integer_value(json_object_get(state, key));
}

static void
requeue_done(struct admin_request *req)
{
	json_int_t moved = count_of(req->state, "moved");
	json_int_t stayed = count_of(req->state, "stayed");
	json_int_t id4 = count_of(req->state, "id4");
	json_t *out = json_pack("{s:I, s:I, s:I}", "requeued", moved, "kept",
	    stayed, "without_id4", id4);

	if (id4 > 0)
		(void)json_object_set_new(out, "note", json_string("id4 or "
		    "secret was kept only as a hash and is dropped: give it "
		    "again with id4=…"));
	metric_add(METRIC_EVENTS_REQUEUED, moved);
	if (moved > 0 || strcmp(req->args[0], "all") == 0) {
		admin_reply(req, out);
		return;
	}
	json_decref(out);
	if (stayed > 0)
		admin_fail(req, 1, "nothing would be left of event %.48s",
		    req->args[0]);
	else
		admin_fail(req, 1, "no rejected event %.48s", req->args[0]);
}

static void requeue_next(struct admin_request *);

/* The id that comes right after this one in any stream. */
static json_t *
id_after(const char *id)
{
	unsigned long long ms = 0, seq = 0;

	(void)sscanf(id, "%llu-%llu", &ms, &seq);
	return json_sprintf("%llu-%llu", ms, seq + 1);
}

static void
requeue_got(struct admin_request *req, const json_t *reply)
{
	const char *last = json_string_value(json_array_get(reply, 3));

	add_to(req->state, "moved", json_array_get(reply, 0));
	add_to(req->state, "stayed", json_array_get(reply, 1));
	add_to(req->state, "id4", json_array_get(reply, 2));
	if (last == NULL || *last == '\0' || strcmp(last,
	    json_string_value(json_object_get(req->state, "last"))) == 0) {
		requeue_done(req);
		return;
	}
	(void)json_object_set_new(req->state, "first", id_after(last));
	requeue_next(req);
}

static void
requeue_next(struct admin_request *req)
{
	const json_t *state = req->state;
	const struct requeue_args args = {
		.stream = request_conf(req)->intake.stream,
		.first = json_string_value(json_object_get(state, "first")),
		.last = json_string_value(json_object_get(state, "last")),
		.most = BATCH,
		.fields = json_object_get(state, "fields"),
	};

	request_call(req, requeue_got, SCRIPT_REQUEUE, requeue_words(&args));
}

/* all: stop at the entry that is the newest now. Else an entry that is rejected
 * again at once would be moved for ever. */
static void
newest_got(struct admin_request *req, const json_t *reply)
{
	const char *id = json_string_value(json_array_get(json_array_get(
	    reply, 0), 0));

	if (id == NULL) {
		requeue_done(req);
		return;
	}
	(void)json_object_set_new(req->state, "last", json_string(id));
	requeue_next(req);
}

/* The arguments after the first, as an object, which the caller frees. Returns
 * NULL when the request has been answered. */
static json_t *
fields_parse(struct admin_request *req)
{
	json_t *fields = json_object();

	for (size_t i = 1; i < req->n_args; i++) {
		const char *arg = req->args[i];
		size_t n = strcspn(arg, "=");
		char *name;

		if (arg[n] != '=' || !view_is_event_field(arg, n)) {
			json_decref(fields);
			admin_fail(req, 2, "\"%.40s\" is no field=value of "
			    "an event", arg);
			return NULL;
		}
		name = xstrndup(arg, n);
		(void)json_object_set_new(fields, name,
		    json_string(arg + n + 1));
		free(name);
	}
	return fields;
}

static bool
is_stream_id(const char *s)
{
	size_t ms = strspn(s, "0123456789"), seq;

	if (ms == 0 || ms > 20 || s[ms] != '-')
		return false;
	seq = strspn(s + ms + 1, "0123456789");
	return seq > 0 && seq <= 20 && s[ms + 1 + seq] == '\0';
}

void
cmd_requeue(struct admin_request *req)
{
	static const char *const newest[] = {"XREVRANGE", "~rejected", "+",
	    "-", "COUNT", "1"};
	bool is_all = strcmp(req->args[0], "all") == 0;
	json_t *fields;

	if (!is_all && !is_stream_id(req->args[0])) {
		admin_fail(req, 2, "\"%.48s\" is no ID as rejected lists "
		    "them, and not the word all", req->args[0]);
		return;
	}
	if ((fields = fields_parse(req)) == NULL)
		return;
	req->state = json_pack("{s:s, s:s, s:o}", "first",
	    is_all ? "-" : req->args[0], "last", req->args[0], "fields",
	    fields);
	if (is_all)
		request_query(req, newest_got, 6, newest);
	else
		requeue_next(req);
}
