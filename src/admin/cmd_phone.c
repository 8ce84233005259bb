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

/* The citizen's wishes. A missing member means that the citizen did not say. */
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
	struct phone_args args;
	json_t *hashes;
	char phone[PHONE_SIZE];
	enum phone_verdict verdict = phone_normalise(
	    request_conf(req)->gateway.country_code, req->args[0], phone);

	if (verdict != PHONE_OK) {
		admin_fail(req, 2, "\"%.32s\" is no number that gets texts: "
		    "%s", req->args[0], phone_verdict_name(verdict));
		return;
	}
	req->state = view_phone(req, phone);
	hashes = req->tools->hooks->phone_hashes(phone, req->tools->arg);
	args = (struct phone_args){.phone = phone, .hashes = hashes};
	request_call(req, phone_got, SCRIPT_PHONE, phone_words(&args));
	json_decref(hashes);
}
