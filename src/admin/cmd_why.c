/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * explain; and why: tells why a citizen got a text or none, from the receipts
 * of a dossier or a number, the newest first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
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

/* Writes a receipt in words: "sent by viettel-1: the network took it …". */
static char *
sentence_of(const struct admin_request *req, const json_t *entry)
{
	const char *state = entry_field(entry, "state");
	const char *reason = entry_field(entry, "reason");
	const char *modem = entry_field(entry, "modem");
	json_t *what = req->tools->hooks->explain(state, req->tools->arg);
	json_t *why = *reason != '\0' ? req->tools->hooks->explain(reason,
	    req->tools->arg) : NULL;
	const char *text = json_string_value(json_object_get(why != NULL ? why
	    : what, "means"));
	char *out = xasprintf("%s%s%s: %s", *reason != '\0' ? reason : state,
	    *modem != '\0' ? " by " : "", modem, text != NULL ? text : "");

	json_decref(what);
	json_decref(why);
	return out;
}

/* Does this entry belong to the story? It does by the dossier's code, as the
 * producer wrote it, or by the message. */
static bool
is_of_story(const json_t *state, const json_t *entry)
{
	const json_t *wanted = json_object_get(state, "wanted");
	const char *code = entry_field(entry, "dossier"), *reason;
	const char *message = entry_field(entry, "message");
	char normal[CODE_SIZE];

	if (*message != '\0' && json_object_get(wanted, message) != NULL)
		return true;
	return *code != '\0' && code_normalise(code, normal, &reason) == 0 &&
	    json_object_get(wanted, normal) != NULL;
}

static void
add_story(struct admin_request *req, const json_t *entry)
{
	const char *error = entry_field(entry, "error");
	bool is_rejected = *error != '\0';
	json_t *rows = json_object_get(req->state, "story"), *means;
	char *text = NULL;

	if (is_rejected) {
		means = req->tools->hooks->explain(error, req->tools->arg);
		text = xasprintf("%s %s: %s", entry_field(entry, "field"),
		    error, means != NULL ? json_string_value(json_object_get(
		    means, "means")) : "");
		json_decref(means);
	} else {
		text = sentence_of(req, entry);
	}
	(void)json_array_append_new(rows, json_pack("{sI ss ss ss ss}", "at",
	    (json_int_t)view_id_ms(json_string_value(json_array_get(entry,
	    0))), "dossier", entry_field(entry, "dossier"), "status",
	    entry_field(entry, "status"), "state", is_rejected ? "rejected"
	    : entry_field(entry, "state"), "why", text));
	free(text);
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
	json_t *out = json_pack("{sO sO sO}", "about",
	    json_object_get(state, "about"), "record",
	    json_object_get(state, "record"), "wants_no_texts",
	    json_object_get(state, "optout"));

	if (json_array_size(story) == 0)
		(void)json_object_set_new(out, "note", json_string(
		    "no event and no text of it is known: the office's "
		    "software has sent none, or it is longer ago than "
		    "privacy.retention"));
	else if (json_is_true(json_object_get(state, "is_cut")))
		(void)json_object_set_new(out, "note", json_string("only the "
		    "newest receipts of all were looked through"));
	(void)json_object_set_new(out, "story", story);
	admin_reply(req, out);
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
		if (is_of_story(state, entry))
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
		tell_story(req);
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

/* about: whose story; wanted: {code or message: true}. Takes all but about. */
static void
start_story(struct admin_request *req, const json_t *about, json_t *wanted,
    json_t *record, bool is_optout)
{
	json_t *state = json_pack("{sO so so sb so ss ss si sb}", "about",
	    about, "wanted", wanted, "record", record, "optout", is_optout,
	    "story", json_array(), "stream", "~receipts", "before", "+",
	    "pages", 0, "is_cut", 0);

	json_decref(req->state);
	req->state = state;
	next_page_of(req);
}

static void
why_dossier_got(struct admin_request *req, const json_t *reply)
{
	static const char *const shown[] = {"status", "at", "agency", "phone",
	    "channel", "due", "missed", "followed_at", "followed_note"};
	json_t *about = json_incref(req->state), *wanted = json_object();
	json_t *all = view_record(req, reply), *record = json_object();

	(void)json_object_set_new(wanted, json_string_value(about),
	    json_true());
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (json_object_get(all, shown[i]) != NULL)
			(void)json_object_set(record, shown[i],
			    json_object_get(all, shown[i]));
	start_story(req, about, wanted, record, false);
	json_decref(all);
	json_decref(about);
}

static void
why_phone_got(struct admin_request *req, const json_t *reply)
{
	json_t *about = json_incref(req->state), *wanted = json_object();
	const char *stop = json_string_value(json_array_get(json_array_get(
	    reply, 0), 0));
	const json_t *row;
	size_t i;

	for (size_t list = 2; list <= 3; list++)
		json_array_foreach(json_array_get(reply, list), i, row)
			(void)json_object_set_new(wanted, json_string_value(
			    json_array_get(row, 0)), json_true());
	start_story(req, about, wanted, json_object(), stop != NULL &&
	    *stop == '1');
	json_decref(about);
}

void
cmd_why(struct admin_request *req)
{
	char code[CODE_SIZE], phone[PHONE_SIZE], *key;
	const char *reason;
	const char *words[] = {"HGETALL", NULL};
	struct phone_args args;
	json_t *hashes;

	if (phone_normalise(request_conf(req)->gateway.country_code,
	    req->args[0], phone) == PHONE_OK) {
		req->state = view_phone(req, phone);
		hashes = req->tools->hooks->phone_hashes(phone,
		    req->tools->arg);
		args = (struct phone_args){.phone = phone, .hashes = hashes};
		request_call(req, why_phone_got, SCRIPT_PHONE,
		    phone_words(&args));
		json_decref(hashes);
	} else if (code_normalise(req->args[0], code, &reason) == 0) {
		req->state = json_string(code);
		key = xasprintf("~dossier:%s", code);
		words[1] = key;
		request_query(req, why_dossier_got, 2, words);
		free(key);
	} else {
		admin_fail(req, 2, "\"%.64s\" is neither a dossier's code nor "
		    "a number that gets texts", req->args[0]);
	}
}
