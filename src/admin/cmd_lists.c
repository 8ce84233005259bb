/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists that an operator should look at: unknown, alarms, texts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/view.h"
#include "alarm/table.h"
#include "redis/redis.h"

#define ROWS	  500
#define NEWEST	  "20"
#define NEWEST_TEXTS "50"

/* {name: rows, "more": is the list cut}. If it is cut, its whole length is
 * given. */
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

/* A field of a stream's entry; "" when it has none. */
static const char *
field_of(const json_t *flat, const char *name)
{
	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2)
		if (strcmp(json_string_value(json_array_get(flat, i)),
		    name) == 0)
			return json_string_value(json_array_get(flat, i + 1));
	return "";
}

/* One entry of the stream: {"at", "level", "alarm", "about", "text", "by"}. An
 * entry may come to the stream late: at is the time of the alarm. */
static json_t *
alarm_view(const json_t *entry)
{
	const json_t *flat = json_array_get(entry, 1);
	int64_t at = strtoll(field_of(flat, "at"), NULL, 10);

	if (at == 0)
		at = view_id_ms(json_string_value(json_array_get(entry, 0)));
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "at",
	    (json_int_t)at, "level", field_of(flat, "level"),
	    "alarm", field_of(flat, "alarm"), "about",
	    field_of(flat, "modem"), "text", field_of(flat, "text"),
	    "by", field_of(flat, "by"));
}

/* reply is NULL while Redis does not answer. */
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
	    "COUNT", NEWEST};

	req->takes_errors = true;
	request_query(req, alarms_got, sizeof(words) / sizeof(words[0]),
	    words);
}

void
cmd_alarms_ack(struct admin_request *req)
{
	const char *name = req->args[0], *about = req->n_args > 1
	    ? req->args[1] : NULL;
	bool is_all = strcmp(name, "all") == 0;
	char by[32];
	unsigned n;

	if (!is_all && alarm_find(name) == ALARM_END) {
		admin_fail(req, 2, "no alarm \"%.64s\"; the command alarms "
		    "lists those that are raised", name);
		return;
	}
	(void)snprintf(by, sizeof(by), "uid %u", (unsigned)req->peer.uid);
	n = req->tools->hooks->alarms_ack(is_all ? ALARM_END
	    : alarm_find(name), about, by, req->tools->arg);
	if (n == 0 && !is_all)
		admin_fail(req, 1, "%.64s is not raised%s%.64s", name,
		    about != NULL ? " about " : "", about != NULL ? about
		    : "");
	else
		admin_reply(req, json_pack("{s:i}", "acknowledged", (int)n));
}

static void
texts_got(struct admin_request *req, const json_t *reply)
{
	json_t *texts = json_array();
	const json_t *entry;
	size_t i;

	json_array_foreach(reply, i, entry) {
		const json_t *flat = json_array_get(entry, 1);

		(void)json_array_append_new(texts, json_pack(
		    "{s:I, s:s, s:s, s:s}", "at", (json_int_t)strtoll(
		    field_of(flat, "at"), NULL, 10), "modem",
		    field_of(flat, "modem"), "from", field_of(flat, "from"),
		    "text", field_of(flat, "text")));
	}
	admin_reply(req, texts);
}

static void
written_got(struct admin_request *req, const json_t *reply)
{
	static const char *const keys[] = {"at", "phone", "dossier", "agency",
	    "modem", "text", NULL};

	admin_reply(req, view_rows(req, reply, keys));
}

static void
citizens_texts(struct admin_request *req, const char *agency)
{
	const struct written_args args = {.agency = agency,
	    .most = atoi(NEWEST_TEXTS)};

	if (!req->peer.may_change)
		admin_fail(req, 1, "texts --citizens shows what citizens "
		    "wrote: the status socket does not, use the control "
		    "socket");
	else
		request_call(req, written_got, SCRIPT_WRITTEN,
		    written_words(&args));
}

void
cmd_texts(struct admin_request *req)
{
	static const char *const words[] = {"XREVRANGE", "~operator_texts",
	    "+", "-", "COUNT", NEWEST_TEXTS};
	struct admin_options o;

	if (admin_options_of(req, "--citizens --agency", &o) == -1)
		return;
	if (o.id != NULL || (o.agency != NULL && !o.is_citizens)) {
		admin_fail(req, 2, "texts takes --citizens, and then "
		    "--agency ID");
		return;
	}
	if (o.is_citizens) {
		citizens_texts(req, o.agency);
		return;
	}
	request_query(req, texts_got, sizeof(words) / sizeof(words[0]),
	    words);
}
