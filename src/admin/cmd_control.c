/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An operator's decisions about messages: cancel, retry, hold, release. The
 * daemon carries them out, batch by batch, and answers.
 */
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "redis/redis.h"

static void
control(struct admin_request *req, const struct admin_decision *decision)
{
	const struct redis *redis = req->tools->redis;

	if (decision->id != NULL && !admin_is_message_id(decision->id))
		admin_fail(req, 2, "\"%.64s\" is no message's ID",
		    decision->id);
	else if (!redis_answers(redis))
		admin_fail(req, 1, "Redis: %s", redis_trouble(redis));
	else
		req->tools->hooks->control(decision, req, req->tools->arg);
}

/* By the same options as queue list. */
void
cmd_cancel(struct admin_request *req)
{
	struct admin_options o;
	bool is_by_list;

	if (admin_options_of(req, "--agency --since --state --reason --pool",
	    &o) == -1)
		return;
	is_by_list = o.agency != NULL || o.state != NULL ||
	    o.reason != NULL || o.pool != NULL;
	if ((o.id == NULL) == !is_by_list)
		admin_fail(req, 2, "cancel wants the ID of a message; or "
		    "--agency ID, --state STATE, --reason WORD or --pool POOL "
		    "as queue list does");
	else if (o.id != NULL && o.since != 0)
		admin_fail(req, 2, "--since goes with --agency, --state, "
		    "--reason and --pool only");
	else
		control(req, &(struct admin_decision){.verb = "cancel",
		    .id = o.id, .agency = o.id != NULL ? NULL
		    : o.agency != NULL ? o.agency : "*", .state = o.state,
		    .reason = o.reason, .pool = o.pool, .since = o.since});
}

void
cmd_retry(struct admin_request *req)
{
	bool is_all = strcmp(req->args[0], "all") == 0;

	control(req, &(struct admin_decision){.verb = "retry",
	    .id = is_all ? NULL : req->args[0],
	    .agency = is_all ? "*" : NULL});
}

/* [--agency ID]; without it, all agencies. */
static void
control_agency(struct admin_request *req, const char *verb)
{
	struct admin_options o;

	if (admin_options(req, &o) == -1)
		return;
	if (o.id != NULL || o.since != 0)
		admin_fail(req, 2, "%s takes --agency ID, or nothing for all "
		    "agencies", verb);
	else
		control(req, &(struct admin_decision){.verb = verb,
		    .agency = o.agency != NULL ? o.agency : "*"});
}

void
cmd_gateway_forget(struct admin_request *req)
{
	const struct admin_decision decision = {.verb = "forget",
	    .id = req->args[0]};
	const struct redis *redis = req->tools->redis;

	if (!redis_answers(redis))
		admin_fail(req, 1, "Redis: %s", redis_trouble(redis));
	else
		req->tools->hooks->control(&decision, req, req->tools->arg);
}

void
cmd_hold(struct admin_request *req)
{
	control_agency(req, "hold");
}

void
cmd_release(struct admin_request *req)
{
	control_agency(req, "release");
}

void
cmd_key_accept(struct admin_request *req)
{
	if (!redis_answers(req->tools->redis))
		admin_fail(req, 1, "Redis: %s",
		    redis_trouble(req->tools->redis));
	else
		req->tools->hooks->key_accept(req, req->tools->arg);
}
