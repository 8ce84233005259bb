/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Walks over all keys first (walk.lua, with Redis' own cursor), then over the
 * streams, page by page. Only C can judge what an entry says about a number,
 * because it may be in any notation.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "redis/inside.h"
#include "redis/privacy.h"
#include "redis/redis.h"
#include "redis/script.h"
#include "redis/store.h"

#define KEYS_PER_STEP	 500
#define ENTRIES_PER_STEP "300" /* fewer words than REDIS_WORDS_MAX */

struct walk {
	struct store *store;
	bool is_erase;
	char *phone;
	char mask[PHONE_SIZE];
	json_t *hashes;
	json_t *found;		/* export: kind -> name -> row; erase: kind
				 * -> number */
	size_t rows;
	char *cursor;		/* of keys, or an entry's id */
	size_t stream;		/* index in streams[] */
	char *needed;		/* id of the oldest event still needed */
	bool is_needed_free;	/* the needed one may go, too */
	store_walked *done;
	void *arg;
};

static void next_page(struct walk *);

/* Is this entry about the number? */
typedef bool entry_test(const struct walk *, const json_t *entry);

static const char *
field(const json_t *entry, const char *name)
{
	const json_t *flat = json_array_get(entry, 1);

	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2) {
		const char *key = json_string_value(json_array_get(flat, i));

		if (key != NULL && strcmp(key, name) == 0)
			return json_string_value(json_array_get(flat, i + 1));
	}
	return NULL;
}

static bool
is_receipt_of(const struct walk *walk, const json_t *entry)
{
	const char *message = field(entry, "message");
	const char *phone = field(entry, "phone");
	const char *dossier = field(entry, "dossier");

	if (message != NULL && json_object_get(json_object_get(walk->found,
	    "messages"), message) != NULL)
		return true;
	return phone != NULL && dossier != NULL &&
	    strcmp(phone, walk->mask) == 0 &&
	    json_object_get(json_object_get(walk->found, "dossiers"),
	    dossier) != NULL;
}

/* A citizen's own text belongs to the hash of its number. What others said
 * stays when that number is erased, because it shows the number masked. */
static bool
is_said_by(const struct walk *walk, const json_t *entry)
{
	const char *who = field(entry, "who");
	const json_t *hash;
	size_t i;

	json_array_foreach(walk->hashes, i, hash)
		if (who != NULL && strcmp(json_string_value(hash), who) == 0)
			return true;
	return who == NULL && !walk->is_erase && is_receipt_of(walk, entry);
}

static bool
is_raw_of(const struct walk *walk, const json_t *entry)
{
	const json_t *flat = json_array_get(entry, 1);
	const char *cc = walk->store->conf->gateway.country_code;

	for (size_t i = 0; i < json_array_size(flat); i++) {
		const json_t *value = json_array_get(flat, i);
		const char *text = json_string_value(value);
		size_t n = json_string_length(value);

		/* Any octets may come: look behind a NUL, too. */
		for (size_t at = 0; at < n; at += strlen(text + at) + 1)
			if (phone_is_in(cc, text + at, walk->phone))
				return true;
	}
	return false;
}

static const struct {
	const char *name;
	entry_test *test;
	bool is_raw;		/* holds what is erased; behind those that
				 * do not */
} streams[] = {
	{"receipts", is_receipt_of, false},
	{"feedback", is_said_by, true},
	{"rejected", is_raw_of, true},
	{"events", is_raw_of, true},
};

#define STREAMS (sizeof(streams) / sizeof(streams[0]))

/* --- the end -------------------------------------------------------------- */

static json_t *
as_lists(const struct walk *walk)
{
	static const char *const kinds[] = {"dossiers", "messages",
	    "receipts", "feedback", "rejected", "events", "wishes", "keys"};
	json_t *out = json_object();

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		json_t *list = json_array(), *row;
		json_t *rows = json_object_get(walk->found, kinds[i]);
		const char *name;

		json_object_foreach(rows, name, row)
			json_array_append(list, row);
		json_object_set_new(out, kinds[i], list);
	}
	json_object_set_new(out, "is_whole",
	    json_boolean(walk->rows <= PRIVACY_ROWS_MAX));
	return out;
}

static void
walk_end(struct walk *walk, const char *error)
{
	json_t *lists = walk->is_erase ? json_incref(walk->found)
	    : as_lists(walk);

	walk->done(error != NULL ? NULL : lists, error, walk->arg);
	json_decref(lists);
	json_decref(walk->found);
	json_decref(walk->hashes);
	free(walk->cursor);
	free(walk->needed);
	free(walk->phone);
	free(walk);
}

static void
add_row(struct walk *walk, const char *kind, const char *name, json_t *row)
{
	json_t *rows = json_object_get(walk->found, kind);

	if (json_object_get(rows, name) == NULL &&
	    ++walk->rows > PRIVACY_ROWS_MAX) {
		json_decref(row);
		return;
	}
	if (rows == NULL) {
		rows = json_object();
		json_object_set_new(walk->found, kind, rows);
	}
	json_object_set_new(rows, name, row);
}

static void
add_count(struct walk *walk, const char *kind, json_int_t n)
{
	json_object_set_new(walk->found, kind, json_integer(n +
	    json_integer_value(json_object_get(walk->found, kind))));
}

static void
set_cursor(struct walk *walk, const char *cursor)
{
	char *copy = xstrdup(cursor);

	free(walk->cursor);
	walk->cursor = copy;
}

/* --- streams -------------------------------------------------------------- */

static void
add_entry(struct walk *walk, const char *id, const json_t *entry)
{
	const json_t *flat = json_array_get(entry, 1);
	json_t *row = json_pack("{ss}", "entry_id", id);

	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2) {
		const char *key = json_string_value(json_array_get(flat, i));

		if (key != NULL && strcmp(key, "id4") != 0 &&
		    strcmp(key, "secret") != 0)
			json_object_set(row, key, json_array_get(flat, i + 1));
	}
	add_row(walk, streams[walk->stream].name, id, row);
}

/* May this entry be deleted? Events that are not taken yet may not: accept.lua
 * stores no number that was erased. */
static bool
is_free(const struct walk *walk, const char *id)
{
	uint64_t ms = 0, seq = 0, needed_ms = 0, needed_seq = 0;

	if (strcmp(streams[walk->stream].name, "events") != 0)
		return true;
	if (walk->needed == NULL ||
	    sscanf(id, "%" SCNu64 "-%" SCNu64, &ms, &seq) != 2 ||
	    sscanf(walk->needed, "%" SCNu64 "-%" SCNu64, &needed_ms,
	    &needed_seq) != 2)
		return false;
	if (ms != needed_ms)
		return ms < needed_ms;
	return seq < needed_seq || (seq == needed_seq &&
	    walk->is_needed_free);
}

static const char *
stream_key(const struct walk *walk, char out[80])
{
	const char *name = streams[walk->stream].name;

	if (strcmp(name, "events") == 0)
		return walk->store->conf->intake.stream;
	(void)snprintf(out, 80, "~%s", name);
	return out;
}

static void
on_deleted(const json_t *reply, const char *error, void *arg)
{
	struct walk *walk = arg;

	if (error != NULL) {
		walk_end(walk, error);
		return;
	}
	add_count(walk, streams[walk->stream].name,
	    json_integer_value(reply));
	next_page(walk);
}

static void
next_stream(struct walk *walk)
{
	walk->stream++;
	set_cursor(walk, "-");
	next_page(walk);
}

static void
on_entries(const json_t *reply, const char *error, void *arg)
{
	struct walk *walk = arg;
	const char *words[REDIS_WORDS_MAX] = {"XDEL"};
	char key[80];
	size_t i, n = 2;
	json_t *entry;
	char *last;

	if (error != NULL) {
		walk_end(walk, error);
		return;
	}
	if (json_array_size(reply) == 0) {
		next_stream(walk);
		return;
	}
	words[1] = stream_key(walk, key);
	json_array_foreach(reply, i, entry) {
		const char *id = json_string_value(json_array_get(entry, 0));

		if (id == NULL || !streams[walk->stream].test(walk, entry))
			continue;
		if (!walk->is_erase)
			add_entry(walk, id, entry);
		else if (is_free(walk, id))
			words[n++] = id;
	}
	last = xasprintf("(%s", json_string_value(json_array_get(
	    json_array_get(reply, json_array_size(reply) - 1), 0)));
	set_cursor(walk, last);
	free(last);
	if (n > 2)
		redis_query(walk->store->redis, on_deleted, walk, n, words);
	else
		next_page(walk);
}

/* --- keys ----------------------------------------------------------------- */

static void next_keys(struct walk *);

static void
take_found(struct walk *walk, const struct walk_result *answer)
{
	json_t *row, *count;
	const char *kind;
	size_t i;

	json_array_foreach(answer->found, i, row) {
		const char *name = json_string_value(json_array_get(row, 1));
		json_t *value = json_array_get(row, 2);

		kind = json_string_value(json_array_get(row, 0));
		if (kind == NULL || name == NULL)
			continue;
		if (strcmp(kind, "keys") == 0)
			value = json_pack("{ss sO}", "key", name, "value",
			    value);
		else
			json_incref(value);
		json_object_del(value, "id4");
		json_object_del(value, "secret");
		add_row(walk, kind, name, value);
	}
	json_object_foreach((json_t *)(uintptr_t)answer->counts, kind, count)
		add_count(walk, kind, json_integer_value(count));
}

static void
on_keys(const json_t *result, const char *error, void *arg)
{
	struct walk *walk = arg;
	struct walk_result answer;

	walk_result_read(result, &answer);
	store_count_states(result);
	if (error != NULL) {
		walk_end(walk, error);
		return;
	}
	take_found(walk, &answer);
	set_cursor(walk, answer.cursor);
	if (strcmp(walk->cursor, "0") == 0) {
		walk->needed = xstrdup(json_string_value(json_array_get(
		    answer.needed, 0)));
		walk->is_needed_free = json_is_true(json_array_get(
		    answer.needed, 1));
		walk->stream = 0;
		while (walk->is_erase && !streams[walk->stream].is_raw)
			walk->stream++;
		set_cursor(walk, "-");
		next_page(walk);
		return;
	}
	next_keys(walk);
}

static void
next_keys(struct walk *walk)
{
	const struct walk_args args = {
		.verb = walk->is_erase ? "erase" : "export",
		.phone = walk->phone,
		.hashes = walk->hashes,
		.cursor = walk->cursor,
		.count = KEYS_PER_STEP,
		.stream = walk->store->conf->intake.stream,
		.group = walk->store->conf->redis.prefix,
	};

	call_run(walk->store->redis, walk->store->conf, SCRIPT_WALK,
	    walk_words(&args), on_keys, walk);
}

static void
next_page(struct walk *walk)
{
	char key[80];

	if (walk->stream == STREAMS)
		walk_end(walk, NULL);
	else
		redis_queryl(walk->store->redis, on_entries, walk, "XRANGE",
		    stream_key(walk, key), walk->cursor, "+", "COUNT",
		    ENTRIES_PER_STEP, (char *)NULL);
}

/* --- the start ------------------------------------------------------------ */

static void
start(struct store *store, const char *phone, bool is_erase,
    store_walked *done, void *arg)
{
	struct walk *walk = xcalloc(1, sizeof(*walk));

	walk->store = store;
	walk->is_erase = is_erase;
	walk->phone = xstrdup(phone);
	(void)phone_mask(phone, walk->mask);
	walk->hashes = store_phone_hashes(store, phone);
	walk->found = json_object();
	walk->done = done;
	walk->arg = arg;
	set_cursor(walk, "0");
	next_keys(walk);
}

void
store_export(struct store *store, const char *phone, store_walked *done,
    void *arg)
{
	start(store, phone, false, done, arg);
}

void
store_erase(struct store *store, const char *phone, store_walked *done,
    void *arg)
{
	start(store, phone, true, done, arg);
}
