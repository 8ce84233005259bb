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
control(struct admin_request *req, const char *verb, const char *id,
    const char *agency, int64_t since)
{
	const struct redis *redis = req->tools->redis;

	if (id != NULL && !admin_is_message_id(id))
		admin_fail(req, 2, "\"%.64s\" is no message's ID", id);
	else if (!redis_answers(redis))
		admin_fail(req, 1, "Redis: %s", redis_trouble(redis));
	else
		req->tools->hooks->control(verb, id, agency, since, req,
		    req->tools->arg);
}

void
cmd_cancel(struct admin_request *req)
{
	struct admin_options o;

	if (admin_options(req, &o) == -1)
		return;
	if ((o.id == NULL) == (o.agency == NULL))
		admin_fail(req, 2, "cancel wants the ID of a message, or "
		    "--agency ID");
	else if (o.id != NULL && o.since != 0)
		admin_fail(req, 2, "--since goes with --agency only");
	else
		control(req, "cancel", o.id, o.agency, o.since);
}

void
cmd_retry(struct admin_request *req)
{
	if (strcmp(req->args[0], "all") == 0)
		control(req, "retry", NULL, "*", 0);
	else
		control(req, "retry", req->args[0], NULL, 0);
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
		control(req, verb, NULL, o.agency != NULL ? o.agency : "*",
		    0);
}

void
cmd_gateway_forget(struct admin_request *req)
{
	const struct redis *redis = req->tools->redis;

	if (!redis_answers(redis))
		admin_fail(req, 1, "Redis: %s", redis_trouble(redis));
	else
		req->tools->hooks->control("forget", req->args[0], NULL, 0,
		    req, req->tools->arg);
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
