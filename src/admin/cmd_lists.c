/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What wants somebody's eye: unknown, alarms.
 */
#include <string.h>

#include "admin/cmd.h"
#include "admin/view.h"
#include "redis/redis.h"

#define ROWS	  500
#define ALARMS	  "20"

/* {name: rows, "more": is the list cut}; a cut one says how long it is. */
static void
reply_list(struct admin_request *req, const json_t *reply, const char *name,
    const char *const *keys)
{
	bool is_cut = json_integer_value(json_array_get(reply, 1)) == 1;
	json_t *out = json_pack("{s:o, s:b}", name,
	    view_rows(req, json_array_get(reply, 0), keys), "more", is_cut);

	if (is_cut)
		(void)json_object_set_new(out, "note", json_sprintf("there "
		    "are more than these %d", ROWS));
	admin_reply(req, out);
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
	const struct unknown_args args = {.most = ROWS};

	request_call(req, unknown_got, SCRIPT_UNKNOWN, unknown_words(&args));
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
