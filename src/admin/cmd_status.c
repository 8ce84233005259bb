/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the gateway is, as a whole: status, monitor, queue, stats.
 */
#include <stdint.h>
#include <stdlib.h>

#include "admin/cmd.h"
#include "admin/look.h"
#include "admin/member.h"
#include "admin/queue.h"
#include "admin/summary.h"
#include "base/metric.h"

/* Makes the common beginning of these answers. reply is NULL while Redis does
 * not answer. The caller owns the result. */
static json_t *
judged(struct admin_request *req, const json_t *reply)
{
	json_t *look = look_new(req->tools);

	if (reply != NULL)
		(void)json_object_set_new(look, "queue", queue_view(reply,
		    json_incref(json_object_get(look, "waiting"))));
	look_judge(look);
	return look;
}

/* Each modem in a few words. */
static json_t *
modem_rows(const json_t *look)
{
	static const char *const keys[] = {"name", "state", "wish",
	    "since_at", "reason"};
	json_t *rows = json_array();
	const json_t *modem;
	size_t i;

	json_array_foreach(json_object_get(look, "modems"), i, modem) {
		json_t *row = json_object();

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			(void)json_object_set(row, keys[k],
			    json_object_get(modem, keys[k]));
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

/* The quotas that are used up. */
static json_t *
used_up(const json_t *look)
{
	json_t *rows = json_array();
	json_t *quota;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(look, "waiting"),
	    "quotas"), i, quota)
		if (json_is_integer(json_object_get(quota, "rest")) &&
		    json_integer_value(json_object_get(quota, "rest")) == 0)
			(void)json_array_append(rows, quota);
	return rows;
}

/* Puts line, sending and why first, then what the daemon says, then each modem
 * and what holds texts back. */
static void
status_got(struct admin_request *req, const json_t *reply)
{
	json_t *look = judged(req, reply);
	char *line = summary_line(look);
	json_t *out = json_pack("{s:s, s:O*, s:O*}", "line", line,
	    "sending", json_object_get(look, "sending"),
	    "why", json_object_get(look, "why"));
	bool can_send = json_is_true(json_object_get(look, "sending"));

	free(line);
	(void)json_object_update(out, json_object_get(look, "status"));
	if (reply != NULL)
		(void)json_object_set_new(out, "queue", queue_totals(reply));
	(void)json_object_set_new(out, "each_modem", modem_rows(look));
	(void)json_object_set(out, "window", json_object_get(
	    json_object_get(look, "waiting"), "window"));
	(void)json_object_set(out, "all_on_hold", json_object_get(
	    json_object_get(look, "queue"), "all_on_hold"));
	(void)json_object_set(out, "held", json_object_get(
	    json_object_get(look, "queue"), "held"));
	(void)json_object_set_new(out, "quotas_used_up", used_up(look));
	json_decref(look);
	if (can_send)
		admin_reply(req, out);
	else
		request_fail_with(req, 1, out, "");
}

void
cmd_status(struct admin_request *req)
{
	req->takes_errors = true;
	queue_query(req, status_got);
}

#define CHANGES_MOST 20

/* The newest changes of all modems, the newest first. */
static json_t *
last_changes(const struct admin_tools *tools, const json_t *modems)
{
	json_t *all = json_array();
	const json_t *modem;
	size_t i;

	json_array_foreach(modems, i, modem) {
		const json_t *name = json_object_get(modem, "name");
		json_t *told = tools->hooks->modems(json_string_value(name),
		    tools->arg), *change;
		size_t k;

		json_array_foreach(json_object_get(json_array_get(told, 0),
		    "history"), k, change) {
			size_t at = 0;

			while (at < json_array_size(all) &&
			    number_of(json_array_get(all, at), "at") >=
			    number_of(change, "at"))
				at++;
			if (at == CHANGES_MOST)
				break;
			(void)json_object_set(change, "modem",
			    (json_t *)(uintptr_t)name);
			(void)json_array_insert(all, at, change);
			(void)json_array_remove(all, CHANGES_MOST);
		}
		json_decref(told);
	}
	return all;
}

static void
monitor_got(struct admin_request *req, const json_t *reply)
{
	json_t *look = judged(req, reply);
	char *line = summary_line(look);

	admin_reply(req, json_pack("{s:O, s:O, s:s, s:O, s:O, s:o, s:O, s:o}",
	    "name", json_object_get(look, "name"),
	    "at", json_object_get(look, "at"),
	    "line", line,
	    "sending", json_object_get(look, "sending"),
	    "modems", json_object_get(look, "modems"),
	    "queue", reply != NULL ? queue_totals(reply) : json_object(),
	    "alarms", json_object_get(look, "alarms"),
	    "changes", last_changes(req->tools,
	    json_object_get(look, "modems"))));
	free(line);
	json_decref(look);
}

void
cmd_monitor(struct admin_request *req)
{
	req->takes_errors = true;
	queue_query(req, monitor_got);
}

static void
queue_got(struct admin_request *req, const json_t *reply)
{
	admin_reply(req, queue_view(reply,
	    req->tools->hooks->waiting(req->tools->arg)));
}

void
cmd_queue(struct admin_request *req)
{
	queue_query(req, queue_got);
}

static void
add_metric(const struct metric_row *row, void *arg)
{
	json_t *list = arg;

	(void)json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s}",
	    "name", row->name, "type", metric_type_name(row->type), "value",
	    (json_int_t)row->value, "help", row->help));
}

void
cmd_stats(struct admin_request *req)
{
	json_t *list = json_array();

	metric_each(add_metric, list);
	admin_reply(req, json_pack("{s:o}", "metrics", list));
}
