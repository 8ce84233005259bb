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

#define HASHES_MAX 16

/* ARGV: prefix, number, hashes of the number. Returns {{stop, accents,
 * language}, {{pool, modem}, …}, {{dossier, status, at}, …}, {{id, dossier,
 * status, state, reason, at}, …}}, the newest first. An own text has no
 * record's time: it was made then. */
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
    "local wish = {}\n"
    "for i = 3, #ARGV do\n"
    "  local r = redis.call('HMGET', p .. 'wish:' .. ARGV[i], 'stop',\n"
    "      'accents', 'lang')\n"
    "  for j = 1, 3 do wish[j] = wish[j] or r[j] end\n"
    "end\n"
    "return {{wish[1] or '', wish[2] or '', wish[3] or ''}, sims,\n"
    "    dossiers, messages}\n";

/* What the citizen said; a member that is not there: nothing. */
static json_t *
view_wishes(const json_t *wish)
{
	const char *accents = json_string_value(json_array_get(wish, 1));
	const char *lang = json_string_value(json_array_get(wish, 2));
	json_t *out = json_object();

	if (accents != NULL && *accents != '\0')
		json_object_set_new(out, "accents",
		    json_boolean(*accents == '1'));
	if (lang != NULL && *lang != '\0')
		json_object_set_new(out, "language", json_string(lang));
	return out;
}

static void
phone_got(struct admin_request *req, const json_t *reply)
{
	static const char *const sims[] = {"pool", "modem", NULL};
	static const char *const dossiers[] = {"code", "status", "at", NULL};
	static const char *const messages[] = {"id", "dossier", "status",
	    "state", "reason", "at", NULL};

	const json_t *wish = json_array_get(reply, 0);
	const char *stop = json_string_value(json_array_get(wish, 0));

	admin_reply(req, json_pack("{s:O, s:b, s:o, s:o, s:o, s:o}", "phone",
	    req->state,
	    "optout", stop != NULL && *stop == '1',
	    "wishes", view_wishes(wish),
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
	const char *words[5 + HASHES_MAX] = {"EVAL", script, "0",
	    redis_prefix(req->tools->redis), phone};
	json_t *hashes;
	size_t i;

	if (verdict != PHONE_OK) {
		admin_fail(req, 2, "\"%.32s\" is no number that gets texts: "
		    "%s", req->args[0], phone_verdict_name(verdict));
		return;
	}
	req->state = view_phone(req, phone);
	hashes = req->tools->hooks->phone_hashes(phone, req->tools->arg);
	for (i = 0; i < json_array_size(hashes) && i < HASHES_MAX; i++)
		words[5 + i] = json_string_value(json_array_get(hashes, i));
	request_query(req, phone_got, 5 + i, words);
	json_decref(hashes);
}
