/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * undelivered: dossiers whose citizens got no notice, a page at a time, with
 * what a letter to each citizen says; undelivered done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/view.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "dossier/code.h"
#include "redis/redis.h"

#define ROWS	  500
#define ROWS_CSV  500	/* Redis answers them in some milliseconds */
#define ROWS_LETTERS 300
#define NOTE_MAX  200	/* octets */

static const char *const keys[] = {"dossier", "status", "phone", "state",
    "reason", "at", "agency", "message", NULL};
#define KEYS (sizeof(keys) / sizeof(keys[0]) - 1)

/* The fields of the record that a letter's text may need. */
static const char *const letter_fields[] = {"channel", "due", "fee",
    "parcel", "collect_at", "lang", NULL};

/* {agency_name, desk, hotline, text} for one row of the answer. */
static void
add_letter(struct admin_request *req, const json_t *row, json_t *out)
{
	json_t *record = json_object();

	for (size_t i = 0; i < KEYS; i++)
		(void)json_object_set(record, keys[i], json_array_get(row, i));
	for (size_t i = 0; letter_fields[i] != NULL; i++)
		if (json_string_length(json_array_get(row, KEYS + i)) > 0)
			(void)json_object_set(record, letter_fields[i],
			    json_array_get(row, KEYS + i));
	(void)json_object_set_new(out, "letter",
	    req->tools->hooks->letter(record, req->tools->arg));
	json_decref(record);
}

/* "SCORE MEMBER" for --after; NULL at the end. */
static json_t *
next_page(const json_t *after)
{
	const char *score = json_string_value(json_array_get(after, 0));
	const char *member = json_string_value(json_array_get(after, 1));

	return score == NULL || member == NULL ? NULL
	    : json_sprintf("%s %s", score, member);
}

/* The answer's rows in the order of keys, with more fields behind them. */
static json_t *
rows_of(const json_t *reply)
{
	json_t *rows = json_array();
	const json_t *from;
	size_t i;

	json_array_foreach(reply, i, from) {
		char state[24] = "", reason[40] = "", status[24] = "";
		char agency[64] = "";
		const char *missed = json_string_value(json_array_get(from,
		    1));

		(void)sscanf(missed != NULL ? missed : "", "%23s %39s %23s "
		    "%*s %63s", state, reason, status, agency);
		(void)json_array_append_new(rows, json_pack(
		    "[O*, s, O*, s, s, O*, s, O*]", json_array_get(from, 0),
		    strcmp(status, "-") == 0 ? "" : status,
		    json_array_get(from, 3), state,
		    strcmp(reason, "-") == 0 ? "" : reason,
		    json_array_get(from, 4), agency, json_array_get(from,
		    2)));
		for (size_t k = 5; k < json_array_size(from); k++)
			(void)json_array_append(json_array_get(rows, i),
			    json_array_get(from, k));
	}
	return rows;
}

static void ask_undelivered(struct admin_request *, const json_t *after);

static void
tell_undelivered(struct admin_request *req, const json_t *reply)
{
	json_t *rows = json_object_get(req->state, "rows"), *row;
	json_t *list = view_rows(req, rows, keys);
	json_t *next = next_page(json_array_get(reply, 1)), *out;
	bool has_letters = json_object_get(req->state, "fields") != NULL;
	size_t i;

	if (has_letters)
		json_array_foreach(rows, i, row)
			add_letter(req, row, json_array_get(list, i));
	out = json_pack("{s:o, s:b, s:O*}", "undelivered", list, "more",
	    next != NULL, "total", json_array_get(reply, 2));
	if (next != NULL) {
		(void)json_object_set_new(out, "note", json_sprintf("there "
		    "are more than these %zu: --csv has all, --since and "
		    "--agency fewer", json_array_size(list)));
		(void)json_object_set_new(out, "next", next);
	}
	if (has_letters)
		(void)json_object_set_new(out, "template",
		    req->tools->hooks->letter(NULL, req->tools->arg));
	admin_reply(req, out);
}

/* Redis answers what it finds in some milliseconds. */
static void
undelivered_got(struct admin_request *req, const json_t *reply)
{
	json_t *rows = json_object_get(req->state, "rows");
	json_t *more = rows_of(json_array_get(reply, 0));
	json_int_t most = json_integer_value(json_object_get(req->state,
	    "most"));

	(void)json_array_extend(rows, more);
	json_decref(more);
	if (json_array_size(json_array_get(reply, 1)) > 0 &&
	    (json_int_t)json_array_size(rows) < most)
		ask_undelivered(req, json_array_get(reply, 1));
	else
		tell_undelivered(req, reply);
}

static void
ask_undelivered(struct admin_request *req, const json_t *after)
{
	const json_t *state = req->state;
	const struct undelivered_args args = {
		.agency = json_string_value(json_object_get(state, "agency")),
		.since = json_integer_value(json_object_get(state, "since")),
		.most = json_integer_value(json_object_get(state, "most")) -
		    (int64_t)json_array_size(json_object_get(state, "rows")),
		.after = after,
		.fields = json_object_get(state, "fields"),
	};

	request_call(req, undelivered_got, SCRIPT_UNDELIVERED,
	    undelivered_words(&args));
}

/* "SCORE MEMBER" as next_page() made it: an array, or NULL. */
static json_t *
page_after(const char *text)
{
	const char *blank = strchr(text, ' ');

	return blank == NULL || strspn(text, "0123456789.") !=
	    (size_t)(blank - text) ? NULL : json_pack("[o, s]",
	    json_stringn(text, (size_t)(blank - text)), blank + 1);
}

void
cmd_undelivered(struct admin_request *req)
{
	struct admin_options o;
	json_t *after = NULL, *fields = NULL;
	int most;

	if (admin_options_of(req, "--agency --since --csv --letters --after",
	    &o) == -1)
		return;
	if (o.id != NULL || (o.is_csv && o.is_letters)) {
		admin_fail(req, 2, "undelivered takes --agency ID, --since T, "
		    "and --csv or --letters; undelivered done ID takes one "
		    "off the list");
		return;
	}
	if (o.after != NULL)
		after = page_after(o.after);
	if (o.is_letters) {
		fields = json_array();
		for (size_t i = 0; letter_fields[i] != NULL; i++)
			(void)json_array_append_new(fields,
			    json_string(letter_fields[i]));
	}
	most = o.is_csv ? ROWS_CSV : o.is_letters ? ROWS_LETTERS : ROWS;
	req->state = json_pack("{ss* sI si so so*}", "agency", o.agency,
	    "since", (json_int_t)o.since, "most", most, "rows", json_array(),
	    "fields", fields);
	ask_undelivered(req, after);
	json_decref(after);
}

/* --- undelivered done ----------------------------------------------------- */

static void
followed_got(struct admin_request *req, const json_t *reply)
{
	json_t *said = json_loads(json_string_value(reply) != NULL
	    ? json_string_value(reply) : "", 0, NULL);
	const char *result = json_string_value(json_object_get(said,
	    "result"));

	if (result != NULL && strcmp(result, "done") == 0)
		admin_reply(req, json_pack("{s:O*}", "done",
		    json_object_get(said, "id")));
	else
		admin_fail(req, 1, "%.128s is not on the list of undelivered",
		    req->args[0]);
	json_decref(said);
}

/* All words behind the ID; the caller frees them. */
static char *
note_of(const struct admin_request *req)
{
	char *note = xstrdup("");

	for (size_t i = 1; i < req->n_args; i++) {
		char *more = xasprintf("%s%s%s", note, i > 1 ? " " : "",
		    req->args[i]);

		free(note);
		note = more;
	}
	return note;
}

void
cmd_undelivered_done(struct admin_request *req)
{
	char *note = note_of(req), by[32], code[CODE_SIZE];
	const char *id = req->args[0], *reason;
	struct followed_args args = {.by = by, .note = note};

	if (id[strspn(id, "0123456789abcdef")] != '\0' &&
	    code_normalise(id, code, &reason) == 0)
		id = code;
	if (strlen(note) > NOTE_MAX) {
		admin_fail(req, 2, "the note has %zu octets; %d is the most",
		    strlen(note), NOTE_MAX);
	} else {
		(void)snprintf(by, sizeof(by), "uid=%ld",
		    (long)req->peer.uid);
		args.id = id;
		request_call(req, followed_got, SCRIPT_FOLLOWED,
		    followed_words(&args));
	}
	free(note);
}
