/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns Redis' flat arrays into objects. On the status socket, numbers are
 * masked, even those that a producer put into the wrong field.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/view.h"
#include "base/mem.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "ipc/event.def"

#define HIDDEN	   "(hidden)"
#define TEXT_PIECE "text_"	/* and 2, 3, …: what follows `text` */

bool
view_is_event_field(const char *name, size_t n)
{
	static const char *const fields[] = {
#define X(field) #field,
		EVENT_FIELDS(X)
#undef X
		"json",
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i]) == n && strncmp(fields[i], name, n) == 0)
			return true;
	return false;
}

static bool
is_one_of(const char *key, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(key, *list) == 0)
			return true;
	return false;
}

/* Is this field a whole number in the answer? */
static bool
is_number(const char *key, const char *value)
{
	static const char *const numbers[] = {"at", "not_before", "expires",
	    "attempt", "segments", "fence", "done", "concat_ref",
	    "lease_until", "resent", NULL};
	size_t n = strlen(key), digits = strspn(value, "0123456789");

	if (digits == 0 || digits > 18 || value[digits] != '\0')
		return false;
	return is_one_of(key, numbers) || strncmp(key, "begun_", 6) == 0 ||
	    (n > 3 && strcmp(key + n - 3, "_at") == 0);
}

static json_t *
number_or_text(const char *key, const char *value)
{
	if (is_number(key, value))
		return json_integer(strtoll(value, NULL, 10));
	return json_string(value);
}

static json_t *
masked(const struct admin_request *req, const char *value)
{
	char phone[PHONE_SIZE], mask[PHONE_SIZE];

	if (phone_normalise(request_conf(req)->gateway.country_code, value,
	    phone) != PHONE_OK)
		return json_string(HIDDEN);
	return json_string(phone_mask(phone, mask));
}

json_t *
view_phone(const struct admin_request *req, const char *value)
{
	if (value == NULL)
		value = "";
	return req->peer.sees_numbers || *value == '\0' ? json_string(value)
	    : masked(req, value);
}

/* A second factor of lookups: nobody may see even its hash. */
static bool
is_factor(const char *key)
{
	return strcmp(key, "id4") == 0 || strcmp(key, "secret") == 0;
}

/* Returns NULL when the field must not be shown. */
static json_t *
record_value(const struct admin_request *req, const char *key,
    const char *value)
{
	if (is_factor(key))
		return NULL;
	if (!req->peer.sees_numbers) {
		if (strcmp(key, "text") == 0 ||
		    strncmp(key, TEXT_PIECE, strlen(TEXT_PIECE)) == 0)
			return NULL;
		if (strcmp(key, "phone") == 0)
			return view_phone(req, value);
	}
	return number_or_text(key, value);
}

json_t *
view_rows(const struct admin_request *req, const json_t *rows,
    const char *const *keys)
{
	json_t *out = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *object = json_object();

		for (size_t k = 0; keys[k] != NULL; k++) {
			const char *value = json_string_value(
			    json_array_get(row, k));

			(void)json_object_set_new(object, keys[k],
			    record_value(req, keys[k], value != NULL ? value
			    : ""));
		}
		(void)json_array_append_new(out, object);
	}
	return out;
}

/* Redis returns a hash's fields in any order. Puts first who, what, how it went
 * and when, then the rest. */
static json_t *
in_order(json_t *record)
{
	static const char *const order[] = {"code", "dossier", "status",
	    "channel", "agency", "phone", "text", "state", "reason", "attempt",
	    "modem", "imsi", "pool", "priority", "coding", "segments", "done",
	    "event", "at", "created_at", "not_before", "sent_at", "final_at",
	    "expires_at"};
	json_t *out = json_object();

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (json_object_get(record, order[i]) != NULL)
			(void)json_object_set(out, order[i],
			    json_object_get(record, order[i]));
	(void)json_object_update_missing(out, record);
	return out;
}

static json_t *
object_of(const struct admin_request *req, const json_t *flat)
{
	json_t *record = json_object();

	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2) {
		const char *key = json_string_value(json_array_get(flat, i));
		const char *value = json_string_value(json_array_get(flat,
		    i + 1));

		if (key != NULL && value != NULL)
			(void)json_object_set_new(record, key,
			    record_value(req, key, value));
	}
	return record;
}

json_t *
view_record(const struct admin_request *req, const json_t *flat)
{
	json_t *record = object_of(req, flat), *out = in_order(record);

	json_decref(record);
	return out;
}

static void
join_text(json_t *record)
{
	const char *first = json_string_value(json_object_get(record, "text"));
	char name[sizeof(TEXT_PIECE) + 12], *text, *longer;
	const json_t *piece;

	if (first == NULL)
		return;
	text = xstrdup(first);
	for (unsigned i = 2;; i++) {
		(void)snprintf(name, sizeof(name), TEXT_PIECE "%u", i);
		if ((piece = json_object_get(record, name)) == NULL)
			break;
		longer = xasprintf("%s%s", text, json_string_value(piece));
		free(text);
		text = longer;
		(void)json_object_del(record, name);
	}
	(void)json_object_set_new(record, "text", json_string(text));
	free(text);
}

json_t *
view_message(const struct admin_request *req, const json_t *flat)
{
	/* The usual values, which Redis does not store (DEFAULTS in
	 * guard.lua). */
	json_t *usual = json_pack("{s:i, s:i, s:i, s:s, s:s, s:s}",
	    "attempt", 0, "done", 0, "fence", 0, "reason", "",
	    "priority", "normal", "channel", "direct");
	json_t *record = object_of(req, flat), *out;

	if (json_object_size(record) > 0) {
		join_text(record);
		(void)json_object_update_missing(record, usual);
	}
	out = in_order(record);
	json_decref(record);
	json_decref(usual);
	return out;
}

/* An event's field as the producer gave it, with any content. */
static json_t *
event_value(const struct admin_request *req, const char *key,
    const char *value)
{
	static const char *const moments[] = {"at", "not_before", "expires",
	    "due", NULL};
	char phone[PHONE_SIZE];

	if (req->peer.sees_numbers)
		return json_string(value);
	if (strcmp(key, "json") == 0 || strcmp(key, "phone") == 0 ||
	    !view_is_event_field(key, strlen(key)))
		return masked(req, value);
	if (!is_one_of(key, moments) && phone_normalise(
	    request_conf(req)->gateway.country_code, value, phone) == PHONE_OK)
		return masked(req, value);
	return json_string(value);
}

/* A text with U+2400 in place of each NUL, because a C string can't hold a NUL.
 * The caller frees. Returns NULL for null. */
static char *
whole_text(const json_t *value)
{
	const char *text = json_string_value(value);
	size_t n = json_string_length(value), size;
	char *out = NULL;
	FILE *to;

	if (text == NULL)
		return NULL;
	if ((to = open_memstream(&out, &size)) == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	for (size_t i = 0; i < n; i++)
		fputs(text[i] != '\0' ? (char[]){text[i], '\0'} : "\u2400",
		    to);
	(void)fclose(to);
	return out;
}

int64_t
view_id_ms(const char *id)
{
	return id != NULL ? strtoll(id, NULL, 10) : 0;
}

json_t *
view_rejected(const struct admin_request *req, const json_t *entry)
{
	static const char *const ours[] = {"error", "field", "entry", NULL};
	const char *id = json_string_value(json_array_get(entry, 0));
	const json_t *flat = json_array_get(entry, 1);
	json_t *event = json_object();
	json_t *out = json_pack("{s:s*, s:I, s:n, s:n, s:n}", "id", id,
	    "rejected_at", (json_int_t)view_id_ms(id), "error", "field",
	    "entry");

	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2) {
		char *key = whole_text(json_array_get(flat, i));
		char *value = whole_text(json_array_get(flat, i + 1));

		/* Bytes that are not UTF-8 come as null. */
		if (key == NULL || is_factor(key))
			;
		else if (value == NULL)
			(void)json_object_set_new(event, key, json_null());
		else if (is_one_of(key, ours))
			(void)json_object_set_new(out, key,
			    json_string(value));
		else
			(void)json_object_set_new(event, key,
			    event_value(req, key, value));
		free(key);
		free(value);
	}
	(void)json_object_set_new(out, "event", event);
	return out;
}
