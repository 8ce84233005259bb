/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Single records from Redis: message, dossier.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/own.h"
#include "admin/view.h"
#include "base/mem.h"
#include "dossier/code.h"

/* Takes key. */
static void
query_hash(struct admin_request *req, request_got *on_got, char *key)
{
	const char *words[] = {"HGETALL", key};

	request_query(req, on_got, 2, words);
	free(key);
}

static void
message_got(struct admin_request *req, const json_t *reply)
{
	json_t *out = json_pack("{s:s}", "id", req->args[0]);
	json_t *record = view_message(req, reply);

	if (json_object_size(record) == 0) {
		json_decref(out);
		admin_fail(req, 1, "no message %.128s", req->args[0]);
	} else {
		(void)json_object_update(out, record);
		admin_reply(req, out);
	}
	json_decref(record);
}

void
cmd_message(struct admin_request *req)
{
	const char *id = req->args[0];

	if (!admin_is_message_id(id))
		admin_fail(req, 2, "\"%.64s\" is no message's ID", id);
	else
		query_hash(req, message_got, xasprintf("~message:%s", id));
}

/* Splits the field `missed` (redis/library/missed.lua) into fields for
 * people. */
static void
split_missed(json_t *record)
{
	const char *text = json_string_value(json_object_get(record,
	    "missed"));
	char state[24], reason[40], status[24];
	long long at;

	if (text != NULL && sscanf(text, "%23s %39s %23s %lld", state, reason,
	    status, &at) == 4)
		(void)json_object_set_new(record, "missed", json_pack(
		    "{ss ss ss sI}", "state", state, "reason", reason,
		    "status", status, "at", (json_int_t)at));
	(void)json_object_del(record, "missed_id");
}

static void
dossier_got(struct admin_request *req, const json_t *reply)
{
	json_t *record = view_record(req, reply);

	if (json_object_size(record) == 0 || !own_is_record(req, record)) {
		json_decref(record);
		admin_fail(req, 1, "no dossier %.200s", req->args[0]);
	} else {
		split_missed(record);
		admin_reply(req, record);
	}
}

void
cmd_dossier(struct admin_request *req)
{
	char code[CODE_SIZE];
	const char *reason;

	if (code_normalise(req->args[0], code, &reason) == -1)
		admin_fail(req, 2, "\"%.64s\" is no dossier's code: %s",
		    req->args[0], reason);
	else
		query_hash(req, dossier_got, xasprintf("~dossier:%s", code));
}
