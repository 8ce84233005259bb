/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One Lua script that only reads, and what becomes of its reply:
 *
 *	{stream, length, pending, oldest id or "", list length, rejected,
 *	 in flight, {{pool, urgent, high, normal, low, delayed, window,
 *	 waiting, oldest score, next score}, …}}
 */
#include <stdlib.h>
#include <string.h>

#include "admin/queue.h"
#include "admin/view.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/redis.h"

/* KEYS: pools, rejected, events, own leases. ARGV: prefix, list or "". */
static const char script[] =
    "local p = ARGV[1] .. ':'\n"
    "local function first(key)\n"
    "  return redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or ''\n"
    "end\n"
    "local rows, pools = {}, redis.call('SMEMBERS', KEYS[1])\n"
    "table.sort(pools)\n"
    "for i, pool in ipairs(pools) do\n"
    "  local row, oldest = {pool}, ''\n"
    "  for _, word in ipairs({'urgent', 'high', 'normal', 'low'}) do\n"
    "    local key = p .. 'ready:' .. pool .. ':' .. word\n"
    "    local score = first(key)\n"
    "    row[#row + 1] = redis.call('ZCARD', key)\n"
    "    if score ~= '' and (oldest == '' or\n"
    "        tonumber(score) < tonumber(oldest)) then\n"
    "      oldest = score\n"
    "    end\n"
    "  end\n"
    "  for _, word in ipairs({'delayed', 'window', 'waiting'}) do\n"
    "    row[#row + 1] = redis.call('ZCARD', p .. word .. ':' .. pool)\n"
    "  end\n"
    "  row[#row + 1] = oldest\n"
    "  row[#row + 1] = first(p .. 'delayed:' .. pool)\n"
    "  rows[i] = row\n"
    "end\n"
    "local head = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]\n"
    "local pending = redis.pcall('XPENDING', KEYS[3], ARGV[1])\n"
    "return {KEYS[3], redis.call('XLEN', KEYS[3]), pending[1] or 0,\n"
    "    head and head[1] or '',\n"
    "    ARGV[2] ~= '' and redis.call('LLEN', ARGV[2]) or 0,\n"
    "    redis.call('XLEN', KEYS[2]), redis.call('ZCARD', KEYS[4]), rows}\n";

enum {
	REPLY_STREAM,
	REPLY_LENGTH,
	REPLY_PENDING,
	REPLY_OLDEST,
	REPLY_LIST,
	REPLY_REJECTED,
	REPLY_IN_FLIGHT,
	REPLY_ROWS,
};

static const char *const columns[] = {"pool", "urgent", "high", "normal",
    "low", "delayed", "window", "waiting"};

#define COLUMNS	      (sizeof(columns) / sizeof(columns[0]))
#define FIRST_READY   1
#define FIRST_BLOCKED 5

void
queue_query(struct admin_request *req, request_got *on_got)
{
	const struct conf *conf = request_conf(req);
	char *leased = xasprintf("~leased:%s", conf->gateway.name);
	const char *words[] = {"EVAL", script, "4", "~pools", "~rejected",
	    conf->intake.stream, leased, redis_prefix(req->tools->redis),
	    conf->intake.list};

	request_query(req, on_got, sizeof(words) / sizeof(words[0]), words);
	free(leased);
}

/* A score or a stream's id: milliseconds, or null when there is none. */
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
	return out;
}

json_t *
queue_view(const json_t *reply)
{
	const json_t *rows = json_array_get(reply, REPLY_ROWS), *row;
	json_t *pools = json_array();
	const char *id = json_string_value(json_array_get(reply,
	    REPLY_OLDEST));
	size_t i;

	json_array_foreach(rows, i, row)
		(void)json_array_append_new(pools, pool_view(row));
	return json_pack("{s:{s:O*, s:O*, s:O*, s:O*, s:o}, s:O*, s:O*, s:o}",
	    "events",
	    "stream", json_array_get(reply, REPLY_STREAM),
	    "length", json_array_get(reply, REPLY_LENGTH),
	    "pending", json_array_get(reply, REPLY_PENDING),
	    "in_list", json_array_get(reply, REPLY_LIST),
	    "oldest_at", id != NULL && *id != '\0'
		? json_integer(view_id_ms(id)) : json_null(),
	    "rejected", json_array_get(reply, REPLY_REJECTED),
	    "in_flight", json_array_get(reply, REPLY_IN_FLIGHT),
	    "pools", pools);
}

json_t *
queue_totals(const json_t *reply)
{
	const json_t *rows = json_array_get(reply, REPLY_ROWS), *row;
	json_int_t sum[COLUMNS] = {0}, ready = 0;
	json_t *oldest = json_null();
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *at = moment(json_array_get(row, COLUMNS));

		for (size_t c = FIRST_READY; c < COLUMNS; c++)
			sum[c] += json_integer_value(json_array_get(row, c));
		if (json_is_integer(at) && (!json_is_integer(oldest) ||
		    json_integer_value(at) < json_integer_value(oldest)))
			oldest = json_incref(at);
		json_decref(at);
	}
	for (size_t c = FIRST_READY; c < FIRST_BLOCKED; c++)
		ready += sum[c];
	return json_pack("{s:O*, s:I, s:I, s:I, s:I, s:O*, s:O*, s:o}",
	    "events", json_array_get(reply, REPLY_LENGTH),
	    "ready", ready,
	    "delayed", sum[FIRST_BLOCKED],
	    "window", sum[FIRST_BLOCKED + 1],
	    "waiting", sum[FIRST_BLOCKED + 2],
	    "in_flight", json_array_get(reply, REPLY_IN_FLIGHT),
	    "rejected", json_array_get(reply, REPLY_REJECTED),
	    "oldest_at", oldest);
}
