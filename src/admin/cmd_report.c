/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * report: the counters of agencies and days. It asks Redis for some days at a
 * time, so that no call takes long.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin/cmd.h"
#include "admin/options.h"
#include "admin/tally.h"
#include "base/clock.h"
#include "base/when.h"
#include "conf/conf.h"

#define HASHES_AT_ONCE 500	/* in one call of Redis */
#define DAYS_MAX       1900	/* in one report: five years */
#define NOBODY	       "-"	/* the agency for questions without a dossier */
#define DAY_S	       86400

/* Days since 1970, by the calendar. Returns 0, or -1: no such day. */
static int
read_day(const char *text, int64_t *out)
{
	struct tm tm = {0};

	if (when_parse_date(text, &tm.tm_year, &tm.tm_mon, &tm.tm_mday) == -1)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*out = timegm(&tm) / DAY_S;
	return 0;
}

static json_t *
day_text(int64_t day)
{
	time_t t = (time_t)(day * DAY_S);
	struct tm tm;
	char text[16];

	(void)gmtime_r(&t, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	return json_string(text);
}

/* The first and the last day of "2026-11"; 0, or -1. */
static int
read_month(const char *text, int64_t *from, int64_t *to)
{
	char day[24];

	if (strlen(text) != 7)
		return -1;
	(void)snprintf(day, sizeof(day), "%.7s-01", text);
	if (read_day(day, from) == -1)
		return -1;
	for (int last = 31; last >= 28; last--) {
		(void)snprintf(day, sizeof(day), "%.7s-%02d", text, last);
		if (read_day(day, to) == 0)
			return 0;
	}
	return -1;
}

/* Returns 0, or -1: the request has been answered. */
static int
read_period(struct admin_request *req, const struct admin_options *o,
    int64_t *from, int64_t *to)
{
	int64_t now = clock_wall_ms();
	char month[8], today[WHEN_SIZE];
	int64_t last;

	(void)snprintf(month, sizeof(month), "%.7s", when_format(now, today));
	(void)read_month(month, from, &last);
	*to = (now + when_zone_ms(now)) / 1000 / DAY_S;
	if (o->month != NULL && (o->from != NULL || o->to != NULL ||
	    read_month(o->month, from, to) == -1)) {
		admin_fail(req, 2, "--month wants one month such as 2026-11, "
		    "and no --from or --to beside it");
		return -1;
	}
	if ((o->from != NULL && read_day(o->from, from) == -1) ||
	    (o->to != NULL && read_day(o->to, to) == -1)) {
		admin_fail(req, 2, "--from and --to want days such as "
		    "2026-11-01");
		return -1;
	}
	if (*from > *to || *to - *from >= DAYS_MAX) {
		admin_fail(req, 2, "--from must not be after --to, and at "
		    "most %d days before it", DAYS_MAX);
		return -1;
	}
	return 0;
}

static void ask_next(struct admin_request *);

/* The request's state: the wanted days, and the answers so far. */
static json_t *
state_new(const struct admin_options *o, int64_t from, int64_t to)
{
	return json_pack("{so so so so sI sI sI sb}", "from", day_text(from),
	    "to", day_text(to), "agencies", json_array(), "sums",
	    json_object(), "first", (json_int_t)from, "next",
	    (json_int_t)from, "last", (json_int_t)to, "is_csv", o->is_csv);
}

/* Also those that the configuration has no more: their past stays. */
static void
add_agency(json_t *agencies, const char *id)
{
	const json_t *other;
	size_t i;

	json_array_foreach(agencies, i, other)
		if (strcmp(json_string_value(other), id) == 0)
			return;
	(void)json_array_append_new(agencies, json_string(id));
}

static void
agencies_got(struct admin_request *req, const json_t *known)
{
	const struct conf *conf = request_conf(req);
	json_t *agencies = json_object_get(req->state, "agencies");
	const json_t *id;
	size_t i;

	for (i = 0; i < conf->n_agencies; i++)
		add_agency(agencies, conf->agencies[i].id);
	json_array_foreach(known, i, id)
		if (json_string_length(id) > 0)
			add_agency(agencies, json_string_value(id));
	add_agency(agencies, NOBODY);
	ask_next(req);
}

static void
agency_row(const struct admin_request *req, const char *id,
    const json_t *sums, json_t *rows)
{
	const struct conf_agency *agency = conf_agency_find(request_conf(req),
	    id);
	json_t *row = json_pack("{ss ss}", "agency", id, "name",
	    agency != NULL ? agency->name : "");
	json_t *view = tally_view(sums);

	(void)json_object_update(row, view);
	json_decref(view);
	(void)json_array_append_new(rows, row);
}

static void
reply(struct admin_request *req)
{
	json_t *state = req->state, *agencies, *sums, *total, *all;
	json_t *rows = json_array(), *details, *id;
	size_t i;

	if (json_is_true(json_object_get(state, "is_csv"))) {
		json_decref(rows);
		admin_reply(req, json_pack("{sO sO}", "head",
		    json_object_get(state, "head"), "rows",
		    json_object_get(state, "rows")));
		return;
	}
	agencies = json_object_get(state, "agencies");
	sums = json_object_get(state, "sums");
	all = json_object();
	json_array_foreach(agencies, i, id) {
		const json_t *own = json_object_get(sums,
		    json_string_value(id));

		if (own == NULL && conf_agency_find(request_conf(req),
		    json_string_value(id)) == NULL)
			continue;
		tally_merge(all, own);
		agency_row(req, json_string_value(id), own, rows);
	}
	total = tally_view(all);
	details = tally_details(all);
	(void)json_object_update(total, details);
	admin_reply(req, json_pack("{sO sO so so}", "from",
	    json_object_get(state, "from"), "to", json_object_get(state, "to"),
	    "agencies", rows, "total", total));
	json_decref(details);
	json_decref(all);
}

/* One day of one agency, for the spreadsheet: all that there is. flat NULL:
 * of none, for the headings. */
static json_t *
csv_row(const json_t *flat)
{
	static const char *const fields[] = {"event_registered",
	    "event_received", "event_refused", "event_processing",
	    "event_supplement", "event_payment", "event_withdrawn",
	    "event_stopped", "event_ready", "event_returned", "event_late",
	    "suppressed_no_phone", "suppressed_optout", "sent", "undelivered",
	    "no_report", "failed", "expired", "unknown", "superseded",
	    "cancelled", "lookup_sms", "lookup_call", "lookup_ussd"};
	json_t *sums = json_object(), *row, *view;

	if (flat != NULL)
		tally_add(sums, flat);
	view = tally_view(sums);
	row = json_pack("{so? so?}", "day", json_incref(json_array_get(flat,
	    1)), "agency", json_incref(json_array_get(flat, 0)));
	(void)json_object_update(row, view);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		(void)json_object_set_new(row, fields[i], json_integer(
		    json_integer_value(json_object_get(sums, fields[i]))));
	json_decref(view);
	json_decref(sums);
	return row;
}

static void
counts_got(struct admin_request *req, const json_t *rows)
{
	json_t *state = req->state, *sums = json_object_get(state, "sums");
	const json_t *flat;
	size_t i;

	json_array_foreach(rows, i, flat) {
		const char *id = json_string_value(json_array_get(flat, 0));

		if (id != NULL && json_object_get(sums, id) == NULL)
			(void)json_object_set_new(sums, id, json_object());
		if (id != NULL)
			tally_add(json_object_get(sums, id), flat);
		if (json_is_true(json_object_get(state, "is_csv")))
			(void)json_array_append_new(json_object_get(state,
			    "rows"), csv_row(flat));
	}
	ask_next(req);
}

/* Asks for the next days, or answers. */
static void
ask_next(struct admin_request *req)
{
	json_t *state = req->state, *days;
	json_t *agencies = json_object_get(state, "agencies");
	json_int_t next = json_integer_value(json_object_get(state, "next"));
	json_int_t last = json_integer_value(json_object_get(state, "last"));
	size_t most = HASHES_AT_ONCE / (json_array_size(agencies) + 1) + 1;
	struct tallies_args args = {.agencies = agencies};

	if (next > last) {
		reply(req);
		return;
	}
	days = json_array();
	while (next <= last && json_array_size(days) < most)
		(void)json_array_append_new(days, day_text(next++));
	(void)json_object_set_new(state, "next", json_integer(next));
	args.days = days;
	request_call(req, counts_got, SCRIPT_TALLIES, tallies_words(&args));
	json_decref(days);
}

void
cmd_report(struct admin_request *req)
{
	static const char *const words[] = {"SMEMBERS", "~agencies"};
	struct admin_options o;
	int64_t from, to;

	if (admin_options_of(req, "--from --to --month --agency --csv --html",
	    &o) == -1)
		return;
	if (o.id != NULL || (o.is_csv && o.is_html)) {
		admin_fail(req, 2, "report takes --from DAY, --to DAY or "
		    "--month MONTH, --agency ID, and --csv or --html");
		return;
	}
	if (read_period(req, &o, &from, &to) == -1)
		return;
	req->state = state_new(&o, from, to);
	if (o.is_csv) {
		(void)json_object_set_new(req->state, "head", csv_row(NULL));
		(void)json_object_set_new(req->state, "rows", json_array());
	}
	if (o.agency != NULL) {
		add_agency(json_object_get(req->state, "agencies"), o.agency);
		ask_next(req);
	} else {
		request_query(req, agencies_got, 2, words);
	}
}
