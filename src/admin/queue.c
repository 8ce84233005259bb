/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What waits: the answer of queue.lua, made readable for operators.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/queue.h"
#include "admin/view.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/redis.h"

enum {
	REPLY_STREAM,
	REPLY_LENGTH,
	REPLY_PENDING,
	REPLY_OLDEST,
	REPLY_LIST,
	REPLY_REJECTED,
	REPLY_IN_FLIGHT,
	REPLY_UNKNOWN,
	REPLY_AWAITING,
	REPLY_OPEN,
	REPLY_ROWS,
	REPLY_HELD,
	REPLY_ALL_HELD,
};

static const char *const columns[] = {"pool", "urgent", "high", "normal",
    "low", "delayed"};

#define COLUMNS	    (sizeof(columns) / sizeof(columns[0]))
#define FIRST_READY 1
#define URGENT	    1
#define DELAYED	    5

struct call_words
queue_args(const struct conf *conf)
{
	const struct queue_args args = {
		.stream = conf->intake.stream,
		.group = conf->redis.prefix,
		.list = conf->intake.list,
	};

	return queue_words(&args);
}

void
queue_query(struct admin_request *req, request_got *on_got)
{
	request_call(req, on_got, SCRIPT_QUEUE, queue_args(
	    request_conf(req)));
}

/* A score or a stream's id as milliseconds, or null when there is none. */
static json_t *
moment(const json_t *text)
{
	const char *s = json_string_value(text);

	if (s == NULL || *s == '\0')
		return json_null();
	return json_integer((json_int_t)strtod(s, NULL));
}

static json_t *
pool_view(const json_t *row)
{
	json_t *out = json_object();

	for (size_t i = 0; i < COLUMNS; i++)
		(void)json_object_set(out, columns[i],
		    json_array_get(row, i));
	(void)json_object_set_new(out, "oldest_at",
	    moment(json_array_get(row, COLUMNS)));
	(void)json_object_set_new(out, "next_at",
	    moment(json_array_get(row, COLUMNS + 1)));
	(void)json_object_set(out, "for_one_sim",
	    json_array_get(row, COLUMNS + 2));
	return out;
}

/* *n: the number of held messages. */
static json_t *
held_view(const json_t *rows, json_int_t *n)
{
	json_t *out = json_array();
	const json_t *row;
	size_t i;

	*n = 0;
	json_array_foreach(rows, i, row) {
		*n += json_integer_value(json_array_get(row, 1));
		(void)json_array_append_new(out, json_pack(
		    "{s:O*, s:O*, s:O*, s:b, s:o}",
		    "agency", json_array_get(row, 0),
		    "messages", json_array_get(row, 1),
		    "reason", json_array_get(row, 2),
		    "on_hold", json_integer_value(json_array_get(row, 4)) ==
		    1, "oldest_at", moment(json_array_get(row, 3))));
	}
	return out;
}

/* Adds the counts that belong to no pool, in the order in which people read
 * them. behind: messages that wait for the notice before them, for the same
 * dossier and phone. */
static void
add_counts(json_t *out, const json_t *reply, json_int_t ready,
    json_int_t delayed)
{
	json_int_t leased = json_integer_value(json_array_get(reply,
	    REPLY_IN_FLIGHT));
	json_int_t unknown = json_integer_value(json_array_get(reply,
	    REPLY_UNKNOWN));
	json_int_t held;
	json_t *by_agency = held_view(json_array_get(reply, REPLY_HELD),
	    &held);
	json_int_t behind = json_integer_value(json_array_get(reply,
	    REPLY_OPEN)) - ready - delayed - leased - unknown -
	    held;
	json_t *counts = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:O*, "
	    "s:O*}",
	    "ready", ready, "delayed", delayed,
	    "behind", behind > 0 ? behind : 0,
	    "in_flight", leased, "unknown", unknown, "held_back", held,
	    "awaiting_report", json_array_get(reply, REPLY_AWAITING),
	    "rejected", json_array_get(reply, REPLY_REJECTED));

	json_decref(by_agency);
	(void)json_object_update(out, counts);
	json_decref(counts);
}

/* Sums over the pools. *oldest: a new reference; null when nothing is ready. */
static void
sum_rows(const json_t *rows, json_int_t *ready, json_int_t *delayed,
    json_t **oldest)
{
	const json_t *row;
	size_t i;

	*ready = *delayed = 0;
	*oldest = json_null();
	json_array_foreach(rows, i, row) {
		json_t *at = moment(json_array_get(row, COLUMNS));

		for (size_t c = FIRST_READY; c < DELAYED; c++)
			*ready += json_integer_value(json_array_get(row, c));
		*delayed += json_integer_value(json_array_get(row, DELAYED));
		if (json_is_integer(at) && (!json_is_integer(*oldest) ||
		    json_integer_value(at) < json_integer_value(*oldest))) {
			json_decref(*oldest);
			*oldest = json_incref(at);
		}
		json_decref(at);
	}
}

/* How many texts are ready and wait for the window to open. */
static json_int_t
shut_out(const json_t *rows, const json_t *waiting, json_int_t ready)
{
	const json_t *row;
	size_t i;

	if (!json_is_false(json_object_get(json_object_get(waiting,
	    "window"), "open")))
		return 0;
	json_array_foreach(rows, i, row)
		ready -= json_integer_value(json_array_get(row, URGENT));
	return ready;
}

json_t *
queue_view(const json_t *reply, json_t *waiting)
{
	const json_t *rows = json_array_get(reply, REPLY_ROWS), *row;
	const char *id = json_string_value(json_array_get(reply,
	    REPLY_OLDEST));
	json_t *pools = json_array(), *oldest, *out;
	json_int_t ready, delayed, held;
	size_t i;

	json_array_foreach(rows, i, row)
		(void)json_array_append_new(pools, pool_view(row));
	sum_rows(rows, &ready, &delayed, &oldest);
	json_decref(oldest);
	out = json_pack("{s:{s:O*, s:O*, s:O*, s:O*, s:o}}",
	    "events",
	    "stream", json_array_get(reply, REPLY_STREAM),
	    "length", json_array_get(reply, REPLY_LENGTH),
	    "pending", json_array_get(reply, REPLY_PENDING),
	    "in_list", json_array_get(reply, REPLY_LIST),
	    "oldest_at", id != NULL && *id != '\0'
		? json_integer(view_id_ms(id)) : json_null());
	add_counts(out, reply, ready, delayed);
	(void)json_object_set_new(out, "waiting_for_window",
	    json_integer(shut_out(rows, waiting, ready)));
	(void)json_object_set_new(out, "all_on_hold", json_boolean(
	    json_integer_value(json_array_get(reply, REPLY_ALL_HELD)) == 1));
	(void)json_object_set_new(out, "pools", pools);
	(void)json_object_set_new(out, "held", held_view(json_array_get(reply,
	    REPLY_HELD), &held));
	(void)json_object_update_missing(out, waiting);
	json_decref(waiting);
	return out;
}

json_t *
queue_totals(const json_t *reply)
{
	json_t *out = json_pack("{s:O*}", "events", json_array_get(reply,
	    REPLY_LENGTH));
	json_int_t ready, delayed;
	json_t *oldest;

	sum_rows(json_array_get(reply, REPLY_ROWS), &ready, &delayed,
	    &oldest);
	add_counts(out, reply, ready, delayed);
	(void)json_object_set_new(out, "oldest_at", oldest);
	return out;
}
