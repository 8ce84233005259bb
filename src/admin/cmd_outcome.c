/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * outcome: what happened to events, by their ids in the stream. It looks
 * through receipts and rejections from the oldest of these ids on.
 */
#include <string.h>

#include "admin/cmd.h"
#include "admin/view.h"

static void
outcome_got(struct admin_request *req, const json_t *reply)
{
	static const char *const keys[] = {"entry", "state", "reason",
	    "field", "message", NULL};

	admin_reply(req, view_rows(req, reply, keys));
}

static bool
is_entry(const char *id)
{
	size_t ms = strspn(id, "0123456789"), seq;

	if (ms == 0 || ms > 15 || id[ms] != '-')
		return false;
	seq = strspn(id + ms + 1, "0123456789");
	return seq > 0 && seq <= 20 && id[ms + 1 + seq] == '\0';
}

void
cmd_outcome(struct admin_request *req)
{
	json_t *entries = json_array();
	const struct outcome_args args = {.entries = entries};

	for (size_t i = 0; i < req->n_args; i++) {
		if (!is_entry(req->args[i])) {
			json_decref(entries);
			admin_fail(req, 2, "\"%.48s\" is no entry's ID: such "
			    "as 1795315706658-0, as XADD answers it",
			    req->args[i]);
			return;
		}
		(void)json_array_append_new(entries,
		    json_string(req->args[i]));
	}
	request_call(req, outcome_got, SCRIPT_OUTCOME, outcome_words(&args));
	json_decref(entries);
}
