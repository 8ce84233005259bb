/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * queue list: each message that waits. It asks Redis for some hundred at a
 * time, first for those that no hold keeps, then for those of each agency.
 */
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/view.h"
#include "conf/conf.h"

#define LOOKED_AT_ONCE 400	/* messages of one call of Redis */
#define LISTED_MOST    500

static void ask_waiting(struct admin_request *);

static const char *
wish_of(const struct admin_request *req, const char *name)
{
	return json_string_value(json_object_get(req->state, name));
}

/* Which set comes next: 0 is what no hold keeps, i is agency i - 1. */
static json_int_t
set_of(const struct admin_request *req)
{
	return json_integer_value(json_object_get(req->state, "set"));
}

static void
tell_waiting(struct admin_request *req, bool is_cut)
{
	json_t *out = json_pack("{sO sb}", "waiting", json_object_get(
	    req->state, "rows"), "more", is_cut);

	if (is_cut)
		(void)json_object_set_new(out, "note", json_sprintf("there "
		    "may be more than these: --agency, --state, --reason and "
		    "--pool choose"));
	admin_reply(req, out);
}

static void
waiting_got(struct admin_request *req, const json_t *reply)
{
	static const char *const keys[] = {"id", "dossier", "status", "phone",
	    "state", "reason", "agency", "pool", "modem", "created_at",
	    "expires_at", NULL};
	json_t *rows = json_object_get(req->state, "rows");
	json_t *more = view_rows(req, json_array_get(reply, 0), keys);
	json_int_t first = json_integer_value(json_object_get(req->state,
	    "first"));
	json_int_t n = json_integer_value(json_array_get(reply, 1));

	(void)json_array_extend(rows, more);
	json_decref(more);
	if (json_array_size(rows) >= LISTED_MOST) {
		tell_waiting(req, true);
		return;
	}
	if (n < LOOKED_AT_ONCE)
		(void)json_object_set_new(req->state, "set",
		    json_integer(set_of(req) + 1));
	(void)json_object_set_new(req->state, "first", json_integer(
	    n < LOOKED_AT_ONCE ? 0 : first + n));
	ask_waiting(req);
}

static void
ask_waiting(struct admin_request *req)
{
	const struct conf *conf = request_conf(req);
	size_t set = (size_t)set_of(req);
	struct waiting_args args = {
		.agency = wish_of(req, "agency"),
		.state = wish_of(req, "state"),
		.reason = wish_of(req, "reason"),
		.pool = wish_of(req, "pool"),
		.first = json_integer_value(json_object_get(req->state,
		    "first")),
		.most = LOOKED_AT_ONCE,
	};

	if (set > conf->n_agencies) {
		tell_waiting(req, false);
		return;
	}
	args.held = set == 0 ? "" : conf->agencies[set - 1].id;
	request_call(req, waiting_got, SCRIPT_WAITING, waiting_words(&args));
}

void
cmd_queue_list(struct admin_request *req)
{
	struct admin_options o;

	if (admin_options_of(req, "--agency --state --reason --pool", &o) ==
	    -1)
		return;
	if (o.id != NULL) {
		admin_fail(req, 2, "queue list takes --agency ID, --state "
		    "STATE, --reason WORD and --pool POOL");
		return;
	}
	req->state = json_pack("{ss* ss* ss* ss* so si si}", "agency",
	    o.agency, "state", o.state, "reason", o.reason, "pool", o.pool,
	    "rows", json_array(), "set", 0, "first", 0);
	ask_waiting(req);
}
