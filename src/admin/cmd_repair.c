/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A look at everything that Redis holds, when an operator wants one.
 */
#include "admin/cmd.h"
#include "redis/redis.h"

void
cmd_repair(struct admin_request *req)
{
	const struct redis *redis = req->tools->redis;

	if (!redis_answers(redis))
		admin_fail(req, 1, "Redis: %s", redis_trouble(redis));
	else
		req->tools->hooks->repair(req, req->tools->arg);
}
