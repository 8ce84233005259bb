/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * explain; and why: tells why a citizen got a text or none, from the receipts
 * of a dossier or a number, the newest first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/own.h"
#include "admin/pending.h"
#include "admin/view.h"
#include "base/mem.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "dossier/code.h"
#include "redis/redis.h"

#define PAGE	   "1000"	/* entries of a stream in one read: some ms */
#define PAGES_MAX  40		/* so many pages are searched at most */
#define ROWS_MAX   20		/* a screen */

void
cmd_explain(struct admin_request *req)
{
	json_t *row = req->tools->hooks->explain(req->args[0],
	    req->tools->arg);

	if (row == NULL)
		admin_fail(req, 1, "\"%.64s\" is no word of receipts, "
		    "rejections or imports; baotin-reasons(7) has all",
		    req->args[0]);
	else
		admin_reply(req, row);
}

static void next_page_of(struct admin_request *);

/* A field of a stream's entry; "" when it has none. */
static const char *
entry_field(const json_t *entry, const char *name)
{
	const json_t *flat = json_array_get(entry, 1);
	const char *value;

	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2)
		if (json_string_value(json_array_get(flat, i)) != NULL &&
		    strcmp(json_string_value(json_array_get(flat, i)),
		    name) == 0) {
			value = json_string_value(json_array_get(flat, i + 1));
			return value != NULL ? value : "";
		}
	return "";
}

/* A field of the event that an entry of `rejected` or `receipts` is about,
 * also when the producer gave it in one field `json`. The caller frees. */
static char *
event_field(const json_t *entry, const char *name)
{
	const char *value = entry_field(entry, name);
	const char *text = entry_field(entry, "json");
	json_t *object, *member;
	char *out;

	if (*value != '\0' || *text == '\0')
		return xstrdup(value);
	object = json_loads(text, 0, NULL);
	member = json_object_get(object, name);
	out = json_is_integer(member) ? xasprintf("%" JSON_INTEGER_FORMAT,
	    json_integer_value(member)) : xstrdup(json_is_string(member)
	    ? json_string_value(member) : "");
	json_decref(object);
	return out;
}

/* What a word of the tables means, in the language of the answer; "": it
 * stands in none. The caller frees. */
static char *
meaning_of(const struct admin_request *req, const char *word)
{
	json_t *row = req->tools->hooks->explain(word, req->tools->arg);
	const char *text = json_string_value(json_object_get(row,
	    json_is_true(json_object_get(req->state, "is_vi"))
	    ? "vietnamese" : "means"));
	char *out = xstrdup(text != NULL ? text : "");

	json_decref(row);
	return out;
}

/* "sent by viettel-1: the network took it …": one receipt in words. */
static char *
sentence_of(const struct admin_request *req, const json_t *entry)
{
	const char *state = entry_field(entry, "state");
	const char *reason = entry_field(entry, "reason");
	const char *modem = entry_field(entry, "modem");
	const char *word = *reason != '\0' ? reason : state;
	char *text = meaning_of(req, word), *out;

	if (*text == '\0') {
		free(text);
		text = meaning_of(req, state);
	}
	out = xasprintf("%s%s%s: %s", word, *modem == '\0' ? ""
	    : json_is_true(json_object_get(req->state, "is_vi"))
	    ? " qua " : " by ", modem, text);
	free(text);
	return out;
}

/* Is this entry of somebody whose story is told? By the code of the dossier,
 * as the producer wrote it, by the message, or, of what was rejected, by the
 * number. */
static bool
is_of_story(const struct admin_request *req, const json_t *entry)
{
	const json_t *wanted = json_object_get(req->state, "wanted");
	const char *whose = json_string_value(json_object_get(req->state,
	    "number")), *reason, *message = entry_field(entry, "message");
	char *code = event_field(entry, "dossier");
	char *number = event_field(entry, "phone");
	char normal[CODE_SIZE], phone[PHONE_SIZE];
	bool is_it = *message != '\0' && json_object_get(wanted, message) !=
	    NULL;

	if (!is_it && *code != '\0' && code_normalise(code, normal,
	    &reason) == 0)
		is_it = json_object_get(wanted, normal) != NULL;
	if (!is_it && whose != NULL && *entry_field(entry, "error") != '\0' &&
	    phone_normalise(request_conf(req)->gateway.country_code, number,
	    phone) == PHONE_OK)
		is_it = strcmp(phone, whose) == 0;
	free(code);
	free(number);
	return is_it;
}

static void
add_story(struct admin_request *req, const json_t *entry)
{
	const char *error = entry_field(entry, "error");
	bool is_rejected = *error != '\0';
	char *dossier = event_field(entry, "dossier");
	char *status = event_field(entry, "status"), *text, *means;

	if (is_rejected) {
		means = meaning_of(req, error);
		text = xasprintf("%s %s: %s", entry_field(entry, "field"),
		    error, means);
		free(means);
	} else {
		text = sentence_of(req, entry);
	}
	(void)json_array_append_new(json_object_get(req->state, "story"),
	    json_pack("{sI ss ss ss ss}", "at", (json_int_t)view_id_ms(
	    json_string_value(json_array_get(entry, 0))), "dossier", dossier,
	    "status", status, "state", is_rejected ? "rejected"
	    : entry_field(entry, "state"), "why", text));
	free(text);
	free(status);
	free(dossier);
}

static int
newest_first(const void *a, const void *b)
{
	json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a,
	    "at"));
	json_int_t y = json_integer_value(json_object_get(*(json_t *const *)b,
	    "at"));

	return x > y ? -1 : x < y;
}

/* The newest rows of both streams, in order of time. */
static json_t *
sorted_story(const json_t *rows)
{
	size_t n = json_array_size(rows);
	json_t **list = xcalloc(n + 1, sizeof(*list)), *out = json_array();

	for (size_t i = 0; i < n; i++)
		list[i] = json_array_get(rows, i);
	qsort(list, n, sizeof(*list), newest_first);
	for (size_t i = 0; i < n && i < ROWS_MAX; i++)
		(void)json_array_append(out, list[i]);
	free(list);
	return out;
}

static void
tell_story(struct admin_request *req)
{
	json_t *state = req->state, *story = sorted_story(
	    json_object_get(state, "story"));
	bool is_vi = json_is_true(json_object_get(state, "is_vi"));
	json_t *out = json_pack("{sO sO sO}", "about",
	    json_object_get(state, "about"), "record",
	    json_object_get(state, "record"), "wants_no_texts",
	    json_object_get(state, "optout"));

	if (json_array_size(story) == 0)
		(void)json_object_set_new(out, "note", json_string(is_vi
		    ? "không thấy sự kiện hay tin nào: phần mềm của cơ quan "
		    "chưa gửi, hoặc đã quá hạn lưu privacy.retention"
		    : "no event and no text of it is known: the office's "
		    "software has sent none, or it is longer ago than "
		    "privacy.retention"));
	else if (json_is_true(json_object_get(state, "is_cut")))
		(void)json_object_set_new(out, "note", json_string(is_vi
		    ? "chỉ xem những biên nhận mới nhất"
		    : "only the newest receipts of all were looked through"));
	if (json_array_size(json_object_get(state, "waiting")) > 0)
		(void)json_object_set(out, "waiting", json_object_get(state,
		    "waiting"));
	(void)json_object_set_new(out, "story", story);
	admin_reply(req, out);
}

static void
pending_got(struct admin_request *req, const json_t *rows)
{
	(void)json_object_set_new(req->state, "waiting", pending_view(req,
	    rows, json_is_true(json_object_get(req->state, "is_vi"))));
	tell_story(req);
}

static void
ask_pending(struct admin_request *req)
{
	const struct pending_args args = {
		.codes = json_object_get(req->state, "codes"),
		.most = ROWS_MAX,
	};

	request_call(req, pending_got, SCRIPT_PENDING, pending_words(&args));
}

static void
stream_got(struct admin_request *req, const json_t *reply)
{
	json_t *state = req->state;
	const json_t *entry = NULL;
	const char *stream = json_string_value(json_object_get(state,
	    "stream"));
	json_int_t pages = json_integer_value(json_object_get(state, "pages"));
	size_t i;

	json_array_foreach(reply, i, entry)
		if (is_of_story(req, entry))
			add_story(req, entry);
	(void)json_object_set_new(state, "pages", json_integer(pages + 1));
	if (json_array_size(reply) == (size_t)atoi(PAGE) &&
	    pages + 1 < PAGES_MAX && json_array_size(json_object_get(state,
	    "story")) < ROWS_MAX) {
		entry = json_array_get(reply, json_array_size(reply) - 1);
		(void)json_object_set_new(state, "before", json_sprintf("(%s",
		    json_string_value(json_array_get(entry, 0))));
		next_page_of(req);
		return;
	}
	if (pages + 1 == PAGES_MAX)
		(void)json_object_set_new(state, "is_cut", json_true());
	if (strcmp(stream, "~receipts") != 0) {
		ask_pending(req);
		return;
	}
	(void)json_object_set_new(state, "stream", json_string("~rejected"));
	(void)json_object_set_new(state, "before", json_string("+"));
	(void)json_object_set_new(state, "pages", json_integer(0));
	next_page_of(req);
}

static void
next_page_of(struct admin_request *req)
{
	const char *words[] = {"XREVRANGE", json_string_value(json_object_get(
	    req->state, "stream")), json_string_value(json_object_get(
	    req->state, "before")), "-", "COUNT", PAGE};

	request_query(req, stream_got, sizeof(words) / sizeof(words[0]),
	    words);
}

/* wanted: {code or message: true}, codes: of the dossiers. All are taken. */
static void
start_story(struct admin_request *req, json_t *wanted, json_t *codes,
    json_t *record, bool is_optout)
{
	json_t *more = json_pack("{so so so sb so ss ss si sb}", "wanted",
	    wanted, "codes", codes, "record", record, "optout", is_optout, "story",
	    json_array(), "stream", "~receipts", "before", "+", "pages", 0,
	    "is_cut", 0);

	(void)json_object_update(req->state, more);
	json_decref(more);
	next_page_of(req);
}

static void
why_dossier_got(struct admin_request *req, const json_t *reply)
{
	static const char *const shown[] = {"status", "at", "agency", "phone",
	    "channel", "due", "missed", "followed_at", "followed_note"};
	json_t *wanted = json_object(), *record = json_object();
	json_t *all = view_record(req, reply);

	if (!own_is_record(req, all)) {
		admin_fail(req, 1, "no dossier %.200s",
		    json_string_value(json_object_get(req->state, "about")));
		json_decref(all);
		json_decref(record);
		json_decref(wanted);
		return;
	}
	(void)json_object_set_new(wanted, json_string_value(json_object_get(
	    req->state, "about")), json_true());
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (json_object_get(all, shown[i]) != NULL)
			(void)json_object_set(record, shown[i],
			    json_object_get(all, shown[i]));
	start_story(req, wanted, json_pack("[O]", json_object_get(req->state,
	    "about")), record, false);
	json_decref(all);
}

static void
why_phone_got(struct admin_request *req, const json_t *reply)
{
	json_t *wanted = json_object(), *codes = json_array();
	const char *stop = json_string_value(json_array_get(json_array_get(
	    reply, 0), 0));
	const json_t *row;
	size_t i;

	for (size_t list = 2; list <= 3; list++)
		json_array_foreach(json_array_get(reply, list), i, row)
			(void)json_object_set_new(wanted, json_string_value(
			    json_array_get(row, 0)), json_true());
	json_array_foreach(json_array_get(reply, 2), i, row)
		(void)json_array_append(codes, json_array_get(row, 0));
	start_story(req, wanted, codes, json_object(), stop != NULL &&
	    *stop == '1');
}

static void
ask_phone(struct admin_request *req, const char *phone)
{
	json_t *hashes = req->tools->hooks->phone_hashes(phone,
	    req->tools->arg);
	const struct phone_args args = {.phone = phone, .hashes = hashes};

	request_call(req, why_phone_got, SCRIPT_PHONE, phone_words(&args));
	json_decref(hashes);
}

static void
ask_dossier(struct admin_request *req, const char *code)
{
	char *key = xasprintf("~dossier:%s", code);
	const char *words[] = {"HGETALL", key};

	request_query(req, why_dossier_got, 2, words);
	free(key);
}

void
cmd_why(struct admin_request *req)
{
	char code[CODE_SIZE], phone[PHONE_SIZE];
	struct admin_options o;
	const char *reason;

	if (admin_options_of(req, "--vi", &o) == -1)
		return;
	if (o.id == NULL) {
		admin_fail(req, 2, "why wants a dossier's code or a number");
	} else if (req->peer.agency == NULL && phone_normalise(
	    request_conf(req)->gateway.country_code, o.id, phone) ==
	    PHONE_OK) {
		req->state = json_pack("{so ss sb}", "about", view_phone(req,
		    phone), "number", phone, "is_vi", o.is_vi);
		ask_phone(req, phone);
	} else if (code_normalise(o.id, code, &reason) == 0) {
		req->state = json_pack("{ss sb}", "about", code, "is_vi",
		    o.is_vi);
		ask_dossier(req, code);
	} else {
		admin_fail(req, 2, "\"%.64s\" is neither a dossier's code nor "
		    "a number that gets texts", o.id);
	}
}
