/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * export, erase: what citizens may ask an office to do with their number. The
 * daemon walks over Redis and answers.
 */
#include "admin/cmd.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "redis/redis.h"

static void
walk(struct admin_request *req, const char *verb)
{
	const struct redis *redis = req->tools->redis;
	char phone[PHONE_SIZE];
	enum phone_verdict verdict = phone_normalise(
	    request_conf(req)->gateway.country_code, req->args[0], phone);

	if (verdict != PHONE_OK)
		admin_fail(req, 2, "\"%.32s\" is no number that gets texts: "
		    "%s", req->args[0], phone_verdict_name(verdict));
	else if (!redis_answers(redis))
		admin_fail(req, 1, "Redis: %s", redis_trouble(redis));
	else
		req->tools->hooks->privacy(verb, phone, req, req->tools->arg);
}

void
cmd_export(struct admin_request *req)
{
	walk(req, "export");
}

void
cmd_erase(struct admin_request *req)
{
	walk(req, "erase");
}
