/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How things are, as a whole: status, queue, stats.
 */
#include "admin/cmd.h"
#include "admin/queue.h"
#include "base/metric.h"

/* reply is NULL while Redis can't say; the hook's object tells why. */
static void
status_got(struct admin_request *req, const json_t *reply)
{
	json_t *status = req->state;

	req->state = NULL;
	if (reply != NULL)
		(void)json_object_set_new(status, "queue",
		    queue_totals(reply));
	admin_reply(req, status);
}

void
cmd_status(struct admin_request *req)
{
	req->state = req->tools->hooks->status(req->tools->arg);
	req->takes_errors = true;
	queue_query(req, status_got);
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
