/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks and normalises each field, or says which field is wrong and why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/clock.h"
#include "base/keyhash.h"
#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "intake/event.h"
#include "intake/fields.h"
#include "text/fold.h"
#include "text/legacy.h"

#define AHEAD_MS   (10 * 60 * 1000)		/* clocks may differ so much */
#define KEY_TTL_MS (INT64_C(30) * 86400 * 1000)
#define PLACE_MAX  100				/* characters */
#define PARCEL_MAX 30
#define EVENT_MAX  200
#define DUE_FROM   2000				/* years */
#define DUE_TO	   2099
#define FEE_MOST   INT64_C(1000000000000)

static int
refuse_field(struct event_fault *fault, const char *field, const char *error)
{
	fault->field = field;
	fault->error = error;
	return -1;
}

static int
parse_moment(const char *text, const char *field, int64_t *out,
    struct event_fault *fault)
{
	if (text == NULL)
		return 0;
	if (when_parse(text, out) == -1 || !when_is_plausible(*out))
		return refuse_field(fault, field, "time_form");
	return 0;
}

/* When the change happened. A date in the near future gets an error word of its
 * own; a number in another unit does not. */
static int
parse_at(const char *text, int64_t *out, struct event_fault *fault)
{
	int64_t latest = clock_wall_ms() + AHEAD_MS;

	if (text != NULL && strchr(text, '-') != NULL &&
	    when_parse(text, out) == 0 && *out > latest)
		return refuse_field(fault, "at", "at_future");
	if (parse_moment(text, "at", out, fault) == -1)
		return -1;
	return text != NULL && *out > latest
	    ? refuse_field(fault, "at", "at_future") : 0;
}

static int
parse_flag(const char *text, const char *field, int *out,
    struct event_fault *fault)
{
	if (text == NULL)
		return 0;
	if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return refuse_field(fault, field, "not_0_or_1");
	*out = text[0] - '0';
	return 0;
}

/* Free text that citizens will read: it must be valid and not too long. */
static int
parse_words(const char *text, const char *field, size_t most, char **out,
    struct event_fault *fault)
{
	char *clean;

	if (text == NULL)
		return 0;
	clean = text_clean(text);
	if (clean == NULL || strchr(clean, '\n') != NULL) {
		free(clean);
		return refuse_field(fault, field, "control_character");
	}
	if (legacy_is_mojibake(clean)) {
		free(clean);
		return refuse_field(fault, field, "mojibake");
	}
	if (u8_mbsnlen((const uint8_t *)clean, strlen(clean)) > most) {
		free(clean);
		return refuse_field(fault, field, "too_long");
	}
	*out = clean;
	return 0;
}

static int
parse_core(const struct fields *f, const struct conf *conf,
    struct change *change, struct event_fault *fault)
{
	const char *reason;
	enum phone_verdict verdict;

	if (f->dossier == NULL)
		return refuse_field(fault, "dossier", "missing");
	if (code_normalise(f->dossier, change->dossier, &reason) == -1)
		return refuse_field(fault, "dossier", reason);
	if (f->status == NULL)
		return refuse_field(fault, "status", "missing");
	if (situation_parse(f->status, &change->situation) == -1)
		return refuse_field(fault, "status", "status_unknown");
	if (f->channel != NULL &&
	    channel_parse(f->channel, &change->channel) == -1)
		return refuse_field(fault, "channel", "channel_unknown");
	if (f->phone != NULL) {
		verdict = phone_normalise(conf->gateway.country_code, f->phone,
		    change->phone);
		if (verdict != PHONE_OK)
			return refuse_field(fault, "phone",
			    phone_verdict_name(verdict));
	}
	return 0;
}

static int
parse_times(const struct fields *f, int64_t entry_at, struct event *event,
    struct event_fault *fault)
{
	event->change.at = entry_at;
	event->change.is_dated = f->at != NULL;
	/* The producer numbers its entries itself, by another clock. */
	if (f->at == NULL && !when_is_plausible(entry_at))
		return refuse_field(fault, "at", "time_form");
	if (parse_at(f->at, &event->change.at, fault) == -1 ||
	    parse_moment(f->not_before, "not_before", &event->not_before,
	    fault) == -1 ||
	    parse_moment(f->expires, "expires", &event->expires, fault) == -1)
		return -1;
	/* The entry's own time may be ahead: the stream's clock never goes
	 * back, even when the system's clock does. */
	if (event->expires != 0 && event->not_before >= event->expires)
		return refuse_field(fault, "not_before", "after_expires");
	return 0;
}

/* The agency with the longest id that the code starts with, up to a
 * separator. */
static const char *
agency_of(const char *dossier, const struct conf *conf)
{
	const char *best = NULL;

	for (size_t i = 0; i < conf->n_agencies; i++) {
		const char *id = conf->agencies[i].id;

		if (code_has_prefix(dossier, id) &&
		    (best == NULL || strlen(id) > strlen(best)))
			best = id;
	}
	if (best == NULL && *conf->gateway.default_agency != '\0')
		best = conf->gateway.default_agency;
	return best;
}

static int
parse_agency(const struct fields *f, const struct conf *conf,
    struct change *change, struct event_fault *fault)
{
	const char *id = f->agency;

	if (id != NULL && conf_agency_find(conf, id) == NULL)
		return refuse_field(fault, "agency", "agency_unknown");
	if (id == NULL)
		id = agency_of(change->dossier, conf);
	if (id == NULL)
		return refuse_field(fault, "agency", "no_agency");
	change->agency = xstrdup(id);
	return 0;
}

static int
parse_fee(const char *text, char **out, struct event_fault *fault)
{
	char *end;
	long long fee;

	if (text == NULL)
		return 0;
	fee = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || fee < 0 ||
	    fee > FEE_MOST)
		return refuse_field(fault, "fee", "not_an_amount");
	*out = xasprintf("%lld", fee);
	return 0;
}

static int
parse_lang(const char *text, char **out, struct event_fault *fault)
{
	if (text == NULL)
		return 0;
	if (strlen(text) > 8 || strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") !=
	    strlen(text))
		return refuse_field(fault, "lang", "not_a_language");
	*out = xstrdup(text);
	for (char *p = *out; *p != '\0'; p++)	/* file names are like this */
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return 0;
}

static int
parse_id4(const char *text, const struct keyhash *kh, struct change *change,
    struct event_fault *fault)
{
	char hash[KEYHASH_SIZE];

	if (text == NULL)
		return 0;
	if (strlen(text) != 4 || strspn(text, "0123456789") != 4)
		return refuse_field(fault, "id4", "not_4_digits");
	change->id4_hash =
	    xstrdup(keyhash_make(kh, change->dossier, text, hash));
	return 0;
}

static int
parse_secret(const char *text, const struct keyhash *kh,
    struct change *change, struct event_fault *fault)
{
	char hash[KEYHASH_SIZE], secret[CODE_SECRET_MOST + 1];

	if (text == NULL)
		return 0;
	if (code_secret(text, secret) == -1)
		return refuse_field(fault, "secret", "secret_form");
	change->secret_hash =
	    xstrdup(keyhash_make(kh, change->dossier, secret, hash));
	return 0;
}

static int
parse_details(const struct fields *f, const struct keyhash *kh,
    struct event *event, struct event_fault *fault)
{
	struct change *change = &event->change;
	int y, m, d, notify = 1;

	if (parse_words(f->collect_at, "collect_at", PLACE_MAX,
	    &change->collect_at, fault) == -1 ||
	    parse_words(f->parcel, "parcel", PARCEL_MAX, &change->parcel,
	    fault) == -1 ||
	    parse_fee(f->fee, &change->fee, fault) == -1 ||
	    parse_lang(f->lang, &change->lang, fault) == -1 ||
	    parse_flag(f->accents, "accents", &change->accents, fault) == -1 ||
	    parse_flag(f->notify, "notify", &notify, fault) == -1 ||
	    parse_id4(f->id4, kh, change, fault) == -1 ||
	    parse_secret(f->secret, kh, change, fault) == -1)
		return -1;
	event->notify = notify == 1;
	if (f->due != NULL) {
		if (when_parse_date(f->due, &y, &m, &d) == -1 ||
		    y < DUE_FROM || y > DUE_TO)
			return refuse_field(fault, "due", "date_form");
		change->due = xstrdup(f->due);
	}
	if (f->priority != NULL &&
	    priority_parse(f->priority, &event->priority) == -1)
		return refuse_field(fault, "priority", "priority_unknown");
	return 0;
}

static const char *
or_none(const char *text)
{
	return text != NULL ? text : "";
}

/* All that the event says, with its time only when the producer gave one. */
static char *
content_of(const struct fields *f, const struct keyhash *kh,
    const struct event *event)
{
	const struct change *c = &event->change;
	char id4[KEYHASH_SIZE] = "", secret[KEYHASH_SIZE] = "", at[24] = "";
	char plain[CODE_SECRET_MOST + 1];

	/* Use the oldest key: the hash stays the same after a new key came. */
	if (f->id4 != NULL)
		keyhash_at(kh, keyhash_count(kh) - 1, c->dossier, f->id4,
		    id4);
	if (f->at != NULL)
		(void)snprintf(at, sizeof(at), "%lld", (long long)c->at);
	if (code_secret(f->secret != NULL ? f->secret : "", plain) == 0)
		keyhash_at(kh, keyhash_count(kh) - 1, c->dossier, plain,
		    secret);
	return xasprintf("fields|%s|%d|%d|%s|%s|%s|%s|%s|%s|%s|%s|%d|"
	    "%d|%d|%lld|%lld|%s%s%s", c->dossier, (int)c->situation,
	    (int)c->channel, c->phone, c->agency, or_none(c->collect_at),
	    or_none(c->due), or_none(c->fee), or_none(c->parcel),
	    or_none(c->lang), id4, c->accents,
	    event->notify, (int)event->priority,
	    (long long)event->not_before, (long long)event->expires, at,
	    *secret != '\0' ? "|" : "", secret);
}

/* The key is the producer's own, for that dossier; else it is made from all
 * that the event says. An event without key and time counts as repeated only
 * while it is the dossier's last change: accept.lua checks that. */
static int
make_key(const struct fields *f, const struct conf *conf,
    const struct keyhash *kh, struct event *event, struct event_fault *fault)
{
	event->key_ttl_ms = KEY_TTL_MS;
	event->content = content_of(f, kh, event);
	if (f->event != NULL) {
		if (strlen(f->event) > EVENT_MAX)
			return refuse_field(fault, "event", "too_long");
		event->key = xasprintf("event|%s|%s", event->change.dossier,
		    f->event);
	} else {
		event->key = xstrdup(event->content);
	}
	if (f->event == NULL && f->at == NULL) {
		event->key_ttl_ms = conf->intake.dedup_ms;
		event->is_by_content = true;
	}
	return 0;
}

int
event_parse(const json_t *flat, int64_t entry_at, const struct conf *conf,
    const struct keyhash *kh, struct event *out, struct event_fault *fault)
{
	struct fields f;
	int status = -1;

	memset(out, 0, sizeof(*out));
	out->priority = PRIORITY_NORMAL;
	out->change.accents = -1;
	if (fields_read(flat, &f, &fault->error, &fault->field) == 0 &&
	    parse_core(&f, conf, &out->change, fault) == 0 &&
	    parse_times(&f, entry_at, out, fault) == 0 &&
	    parse_agency(&f, conf, &out->change, fault) == 0 &&
	    parse_details(&f, kh, out, fault) == 0 &&
	    make_key(&f, conf, kh, out, fault) == 0)
		status = 0;
	fields_clear(&f);
	if (status == -1)
		event_clear(out);
	return status;
}

void
event_clear(struct event *event)
{
	change_clear(&event->change);
	free(event->key);
	free(event->content);
	memset(event, 0, sizeof(*event));
}

static char *
member(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text != NULL && *text != '\0' ? xstrdup(text) : NULL;
}

int
event_from_record(const json_t *record, struct event *out)
{
	struct change *change = &out->change;
	const char *code = json_string_value(json_object_get(record, "code"));
	const char *phone =
	    json_string_value(json_object_get(record, "phone"));
	const char *at = json_string_value(json_object_get(record, "at"));
	const char *accents =
	    json_string_value(json_object_get(record, "accents"));
	const char *channel =
	    json_string_value(json_object_get(record, "channel"));

	memset(out, 0, sizeof(*out));
	change->agency = member(record, "agency");
	if (code == NULL || phone == NULL || at == NULL ||
	    change->agency == NULL || channel == NULL ||
	    channel_parse(channel, &change->channel) == -1) {
		event_clear(out);
		return -1;
	}
	(void)snprintf(change->dossier, sizeof(change->dossier), "%s", code);
	(void)snprintf(change->phone, sizeof(change->phone), "%s", phone);
	change->situation = SITUATION_READY;
	change->at = clock_wall_ms();
	change->accents = accents != NULL ? accents[0] == '1' : -1;
	change->collect_at = member(record, "collect_at");
	change->due = member(record, "due");
	change->fee = member(record, "fee");
	change->parcel = member(record, "parcel");
	change->lang = member(record, "lang");
	out->notify = true;
	out->priority = PRIORITY_NORMAL;
	out->key = xasprintf("remind|%s|%s", code, at);
	return 0;
}

/* The value as it came: text or null. Returns NULL when there is no such
 * field. */
static const json_t *
raw_value(const json_t *fields, const char *name)
{
	for (size_t i = 0; i + 1 < json_array_size(fields); i += 2) {
		const char *key = json_string_value(json_array_get(fields, i));

		if (key != NULL && strcmp(key, name) == 0)
			return json_array_get(fields, i + 1);
	}
	return NULL;
}

static const char *
raw(const json_t *fields, const char *name)
{
	return json_string_value(raw_value(fields, name));
}

static size_t
raw_length(const json_t *fields, const char *name)
{
	return json_string_length(raw_value(fields, name));
}

char *
event_hide_id4(const json_t *fields, const struct keyhash *kh)
{
	const char *digits = raw(fields, "id4");
	const char *dossier = raw(fields, "dossier");
	char hash[KEYHASH_SIZE];

	if (digits == NULL)
		return NULL;
	return xstrdup(keyhash_make(kh, or_none(dossier), digits, hash));
}

char *
event_hide_json(const json_t *fields)
{
	static const char *const factors[] = {"id4", "secret"};
	const char *text = raw(fields, "json");
	size_t n = raw_length(fields, "json");
	json_t *object = json_loadb(text != NULL ? text : "", n,
	    JSON_ALLOW_NUL, NULL);
	bool has_any = false, may_have_any = false;
	char *out = NULL;

	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
		const char *name = factors[i];

		has_any = has_any || json_object_get(object, name) != NULL;
		may_have_any = may_have_any || memmem(text != NULL ? text : "",
		    n, name, strlen(name)) != NULL;
		if (json_object_get(object, name) != NULL)
			json_object_set_new(object, name, json_string("-"));
	}
	if (has_any)
		out = json_dumps(object, JSON_COMPACT);
	else if (object == NULL && may_have_any)
		out = xstrdup("-");	/* can't tell where it stands */
	json_decref(object);
	return out;
}
