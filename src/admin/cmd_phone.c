/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All that is known of one telephone number: phone.
 */
#include <string.h>

#include "admin/cmd.h"
#include "admin/view.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "redis/redis.h"

/* ARGV: prefix, number. Returns {opted out, {{pool, modem}, …}, {{dossier,
 * status, at}, …}, {{id, dossier, status, state, reason, at}, …}}, the
 * newest first. An own text has no record's time: it was made then. */
static const char script[] =
    "local p, phone = ARGV[1] .. ':', ARGV[2]\n"
    "local sims, dossiers, messages = {}, {}, {}\n"
    "local pools = redis.call('SMEMBERS', p .. 'pools')\n"
    "table.sort(pools)\n"
    "for _, pool in ipairs(pools) do\n"
    "  local modem = redis.call('GET', p .. 'last:' .. pool .. ':' ..\n"
    "      phone)\n"
    "  if modem then sims[#sims + 1] = {pool, modem} end\n"
    "end\n"
    "for _, code in ipairs(redis.call('ZREVRANGE', p .. 'phone:' .. phone,\n"
    "    0, 49)) do\n"
    "  local r = redis.call('HMGET', p .. 'dossier:' .. code, 'status',\n"
    "      'at', 'phone')\n"
    "  if r[1] and r[3] == phone then\n"
    "    dossiers[#dossiers + 1] = {code, r[1], r[2]}\n"
    "  end\n"
    "end\n"
    "for _, id in ipairs(redis.call('ZREVRANGE', p .. 'messages:' .. phone,\n"
    "    0, 49)) do\n"
    "  local r = redis.call('HMGET', p .. 'message:' .. id, 'dossier',\n"
    "      'status', 'state', 'reason', 'created_at')\n"
    "  if r[3] then\n"
    "    messages[#messages + 1] = {id, r[1], r[2], r[3], r[4], r[5]}\n"
    "  end\n"
    "end\n"
    "return {redis.call('SISMEMBER', p .. 'optout', phone), sims,\n"
    "    dossiers, messages}\n";

static void
phone_got(struct admin_request *req, const json_t *reply)
{
	static const char *const sims[] = {"pool", "modem", NULL};
	static const char *const dossiers[] = {"code", "status", "at", NULL};
	static const char *const messages[] = {"id", "dossier", "status",
	    "state", "reason", "at", NULL};

	admin_reply(req, json_pack("{s:O, s:b, s:o, s:o, s:o}", "phone",
	    req->state,
	    "optout", json_integer_value(json_array_get(reply, 0)) == 1,
	    "last_modems", view_rows(req, json_array_get(reply, 1), sims),
	    "dossiers", view_rows(req, json_array_get(reply, 2), dossiers),
	    "messages", view_rows(req, json_array_get(reply, 3), messages)));
}

void
cmd_phone(struct admin_request *req)
{
	char phone[PHONE_SIZE];
	enum phone_verdict verdict = phone_normalise(
	    request_conf(req)->gateway.country_code, req->args[0], phone);
	const char *words[] = {"EVAL", script, "0",
	    redis_prefix(req->tools->redis), phone};

	if (verdict != PHONE_OK) {
		admin_fail(req, 2, "\"%.32s\" is no number that gets texts: "
		    "%s", req->args[0], phone_verdict_name(verdict));
		return;
	}
	req->state = view_phone(req, phone);
	request_query(req, phone_got, sizeof(words) / sizeof(words[0]),
	    words);
}
