/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * import --dry-run: says what would happen to each row of a spreadsheet,
 * without doing it. The daemon makes the texts; Redis tells what it knows of
 * the citizen and the dossier.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/view.h"
#include "base/mem.h"
#include "conf/conf.h"

static const char *
word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static json_int_t
number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Picks the text of a plan that the citizen asked for; if none fits, the
 * agency's own. */
static const json_t *
text_for(const json_t *plan, const char *lang, const char *accents)
{
	const json_t *texts = json_object_get(plan, "texts"), *text;
	const json_t *own = json_array_get(texts, 0);
	json_int_t wanted = *accents != '\0' ? *accents - '0'
	    : number(own, "accents");
	size_t i;

	if (*lang == '\0')
		lang = word(own, "lang");
	json_array_foreach(texts, i, text)
		if (strcmp(word(text, "lang"), lang) == 0 &&
		    (number(text, "accents") == wanted ||
		    number(text, "accents") == -1))
			return text;
	return own;
}

/* fate: the answer of foresee.lua for this plan. */
static json_t *
answer_of(struct admin_request *req, const json_t *plan, const json_t *fate)
{
	const char *why = json_string_value(json_array_get(fate, 0));
	const json_t *text = text_for(plan, json_string_value(
	    json_array_get(fate, 1)), json_string_value(
	    json_array_get(fate, 2)));
	json_t *out;
	bool is_held = json_integer_value(json_array_get(fate, 3)) == 1;

	if (*word(plan, "why") != '\0')
		why = word(plan, "why");
	out = json_pack("{sI ss sb ss ss so}", "row", number(plan, "row"),
	    "event", word(plan, "id"), "is_by_content", json_is_true(
	    json_object_get(plan, "is_by_content")), "dossier", word(plan,
	    "dossier"), "status", word(plan, "status"), "phone",
	    view_phone(req, word(plan, "phone")));
	if (*why != '\0')
		(void)json_object_set_new(out, "no_text", json_string(why));
	else
		(void)json_object_update_new(out, json_pack(
		    "{sO sO sO ss ss sI ss}", "text", json_object_get(text,
		    "text"), "coding", json_object_get(text, "coding"),
		    "segments", json_object_get(text, "segments"), "pool",
		    word(plan, "pool"), "modem", word(plan, "modem"), "at",
		    number(plan, "at"), "waits_for", is_held ? "release"
		    : word(plan, "waits_for")));
	return out;
}

static void
foreseen(struct admin_request *req, const json_t *reply)
{
	const json_t *plans = json_object_get(req->state, "plans"), *plan;
	json_t *answers = json_array();
	size_t i;

	json_array_foreach(plans, i, plan)
		(void)json_array_append_new(answers, answer_of(req, plan,
		    json_array_get(reply, i)));
	(void)json_object_set_new(req->state, "plans", answers);
	admin_reply(req, json_incref(req->state));
}

/* The question to Redis about a plan; it borrows from the plan. */
static struct call_foreseen
question_of(const json_t *plan)
{
	return (struct call_foreseen){
		.dossier = word(plan, "dossier"),
		.agency = word(plan, "agency"),
		.phone = word(plan, "phone"),
		.id = word(plan, "id"),
		.content = word(plan, "content"),
		.is_by_content = json_is_true(json_object_get(plan,
		    "is_by_content")),
		.at = json_integer_value(json_object_get(plan, "change_at")),
		.hashes = json_object_get(plan, "hashes"),
	};
}

static void
ask_redis(struct admin_request *req, const json_t *plans)
{
	size_t n = json_array_size(plans);
	struct call_foreseen *rows = xcalloc(n, sizeof(*rows));
	const struct foresee_args args = {
		.rows = rows,
		.n_rows = n,
		.key_ttl_ms = request_conf(req)->intake.dedup_ms,
	};

	for (size_t i = 0; i < n; i++)
		rows[i] = question_of(json_array_get(plans, i));
	request_call(req, foreseen, SCRIPT_FORESEE, foresee_words(&args));
	free(rows);
}

/* The request's state is its answer: {"plans": [{"row", "event": what
 * identifies it, "is_by_content": a duplicate only of the dossier's last event,
 * "dossier", "status", "phone", and either "no_text": why, or "text", "coding",
 * "segments", "pool", "modem", "at", "waits_for"}, …], "refused": [{"row",
 * "field", "error"}, …]}. Rows count from 0 and rise. */
void
cmd_dry_run(struct admin_request *req)
{
	json_t *plans = json_array(), *refused = json_array(), *row;
	size_t i;

	json_array_foreach(req->rows, i, row) {
		json_t *flat = request_flat(row), *plan;

		plan = req->tools->hooks->plan_event(flat, req->tools->arg);
		json_decref(flat);
		(void)json_object_set_new(plan, "row",
		    json_integer((json_int_t)i));
		(void)json_array_append_new(json_object_get(plan, "error") ==
		    NULL ? plans : refused, plan);
	}
	req->state = json_pack("{so so}", "plans", plans, "refused", refused);
	ask_redis(req, plans);
}
