/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What wants somebody's eye: undelivered, unknown, alarms.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/view.h"
#include "redis/redis.h"

#define ROWS_TEXT "500"
#define ALARMS	  "20"

/* ARGV: prefix, agency or "", since or "-inf", how many. Returns {rows, is
 * there more}, the newest first. Who was reached after all is left out. */
static const char undelivered[] =
    "local p, most = ARGV[1] .. ':', tonumber(ARGV[4])\n"
    "local agencies = ARGV[2] ~= '' and {ARGV[2]} or\n"
    "    redis.call('SMEMBERS', p .. 'agencies')\n"
    "local missed = {failed = 1, expired = 1, undelivered = 1,\n"
    "    unknown = 1, no_report = 1}\n"
    "local all, more = {}, 0\n"
    "for _, agency in ipairs(agencies) do\n"
    "  local flat = redis.call('ZREVRANGEBYSCORE', p .. 'missed:' ..\n"
    "      agency, '+inf', ARGV[3], 'WITHSCORES', 'LIMIT', 0, most + 1)\n"
    "  if #flat > 2 * most then more = 1 end\n"
    "  for i = 1, #flat, 2 do\n"
    "    all[#all + 1] = {flat[i], tonumber(flat[i + 1])}\n"
    "  end\n"
    "end\n"
    "table.sort(all, function(x, y)\n"
    "  if x[2] ~= y[2] then return x[2] > y[2] end\n"
    "  return x[1] < y[1]\n"
    "end)\n"
    "local rows = {}\n"
    "for _, e in ipairs(all) do\n"
    "  local m = redis.call('HMGET', p .. 'message:' .. e[1], 'dossier',\n"
    "      'status', 'phone', 'state', 'reason', 'agency')\n"
    "  if m[4] and missed[m[4]] then\n"
    "    if #rows == most then return {rows, 1} end\n"
    "    rows[#rows + 1] = {m[1], m[2], m[3], m[4], m[5],\n"
    "        string.format('%.0f', e[2]), m[6], e[1]}\n"
    "  end\n"
    "end\n"
    "return {rows, more}\n";

static const char unknown[] =
    "local p, most = ARGV[1] .. ':', tonumber(ARGV[2])\n"
    "local rows = {}\n"
    "local flat = redis.call('ZRANGE', p .. 'unknown', 0, most,\n"
    "    'WITHSCORES')\n"
    "for i = 1, #flat, 2 do\n"
    "  local m = redis.call('HMGET', p .. 'message:' .. flat[i], 'dossier',\n"
    "      'phone', 'modem', 'reason', 'at', 'state')\n"
    "  if m[6] == 'unknown' then\n"
    "    if #rows == most then return {rows, 1} end\n"
    "    rows[#rows + 1] = {flat[i], m[1], m[2], m[3], m[4], m[5],\n"
    "        string.format('%.0f', tonumber(flat[i + 1]))}\n"
    "  end\n"
    "end\n"
    "return {rows, 0}\n";

/* {name: rows, "more": is the list cut}; a cut one says how long it is. */
static void
reply_list(struct admin_request *req, const json_t *reply, const char *name,
    const char *const *keys)
{
	bool is_cut = json_integer_value(json_array_get(reply, 1)) == 1;
	json_t *out = json_pack("{s:o, s:b}", name,
	    view_rows(req, json_array_get(reply, 0), keys), "more", is_cut);

	if (is_cut)
		(void)json_object_set_new(out, "note", json_string("there "
		    "are more than these " ROWS_TEXT));
	admin_reply(req, out);
}

static void
undelivered_got(struct admin_request *req, const json_t *reply)
{
	static const char *const keys[] = {"dossier", "status", "phone",
	    "state", "reason", "at", "agency", "message", NULL};

	reply_list(req, reply, "undelivered", keys);
}

void
cmd_undelivered(struct admin_request *req)
{
	struct admin_options o;
	char since[32] = "-inf";
	const char *words[] = {"EVAL", undelivered, "0",
	    redis_prefix(req->tools->redis), "", since, ROWS_TEXT};

	if (admin_options(req, &o) == -1)
		return;
	if (o.id != NULL) {
		admin_fail(req, 2, "undelivered takes --agency ID and "
		    "--since T only");
		return;
	}
	if (o.agency != NULL)
		words[4] = o.agency;
	if (o.since != 0)
		(void)snprintf(since, sizeof(since), "%" PRId64, o.since);
	request_query(req, undelivered_got, sizeof(words) / sizeof(words[0]),
	    words);
}

static void
unknown_got(struct admin_request *req, const json_t *reply)
{
	static const char *const keys[] = {"id", "dossier", "phone", "modem",
	    "reason", "at", "decided_at", NULL};

	reply_list(req, reply, "unknown", keys);
}

void
cmd_unknown(struct admin_request *req)
{
	const char *words[] = {"EVAL", unknown, "0",
	    redis_prefix(req->tools->redis), ROWS_TEXT};

	request_query(req, unknown_got, sizeof(words) / sizeof(words[0]),
	    words);
}

/* One entry of the stream: {"at", "level", "alarm", "about", "text"}. */
static json_t *
alarm_view(const json_t *entry)
{
	static const char *const keys[] = {"level", "alarm", "modem", "text"};
	const json_t *flat = json_array_get(entry, 1);
	json_t *out = json_pack("{s:I}", "at", (json_int_t)view_id_ms(
	    json_string_value(json_array_get(entry, 0))));

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		for (size_t i = 0; i + 1 < json_array_size(flat); i += 2)
			if (strcmp(json_string_value(json_array_get(flat, i)),
			    keys[k]) == 0)
				(void)json_object_set(out,
				    strcmp(keys[k], "modem") == 0 ? "about"
				    : keys[k], json_array_get(flat, i + 1));
	return out;
}

/* reply is NULL while Redis can't say. */
static void
alarms_got(struct admin_request *req, const json_t *reply)
{
	json_t *raised = req->tools->hooks->alarms(req->tools->arg);
	json_t *newest = json_array();
	const json_t *entry;
	size_t i;

	json_array_foreach(reply, i, entry)
		(void)json_array_append_new(newest, alarm_view(entry));
	admin_reply(req, json_pack("{s:o, s:o}", "raised", raised, "newest",
	    newest));
}

void
cmd_alarms(struct admin_request *req)
{
	static const char *const words[] = {"XREVRANGE", "~alarms", "+", "-",
	    "COUNT", ALARMS};

	req->takes_errors = true;
	request_query(req, alarms_got, sizeof(words) / sizeof(words[0]),
	    words);
}
