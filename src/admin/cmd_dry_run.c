/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rows of a spreadsheet: what would become of each, while nothing is done.
 * The daemon makes the texts; Redis says what it knows of the citizen and the
 * dossier.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/view.h"
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

/* Of the texts of a plan the one that the citizen asked for; the agency's
 * where none fits. */
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

/* fate: what foresee.lua says of this plan. */
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

/* What foresee.lua wants to know of a plan. */
static json_t *
question_of(const json_t *plan)
{
	json_t *row = json_pack("{sO sO sO sO sO sO sO sO}",
	    "dossier", json_object_get(plan, "dossier"),
	    "agency", json_object_get(plan, "agency"),
	    "phone", json_object_get(plan, "phone"),
	    "hashes", json_object_get(plan, "hashes"),
	    "id", json_object_get(plan, "id"),
	    "content", json_object_get(plan, "content"),
	    "is_by_content", json_object_get(plan, "is_by_content"),
	    "at", json_object_get(plan, "change_at"));

	return row;
}

/* The request's state is its answer: {"plans": [{"row", "event": what tells
 * it from others, "is_by_content": only from the dossier's last one, "dossier",
 * "status", "phone", and either "no_text": why, or "text", "coding", "segments", "pool",
 * "modem", "at", "waits_for"}, …], "refused": [{"row", "field", "error"}, …]},
 * row from 0, rising. */
void
cmd_dry_run(struct admin_request *req)
{
	json_t *plans = json_array(), *refused = json_array(), *row;
	json_t *questions = json_array();
	size_t i;

	json_array_foreach(req->rows, i, row) {
		json_t *flat = request_flat(row), *plan;

		plan = req->tools->hooks->plan_event(flat, req->tools->arg);
		json_decref(flat);
		(void)json_object_set_new(plan, "row",
		    json_integer((json_int_t)i));
		if (json_object_get(plan, "error") == NULL)
			(void)json_array_append_new(questions,
			    question_of(plan));
		(void)json_array_append_new(json_object_get(plan, "error") ==
		    NULL ? plans : refused, plan);
	}
	req->state = json_pack("{so so}", "plans", plans, "refused", refused);
	request_call(req, foreseen, SCRIPT_FORESEE, words_json(json_pack(
	    "{so sI}", "rows", questions, "key_ttl_ms",
	    (json_int_t)request_conf(req)->intake.dedup_ms)));
}
