/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Handles one request: who sends it, what it holds, what Redis says.
 */
#include <sys/queue.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "http/door.h"
#include "intake/http.h"
#include "redis/redis.h"
#include "redis/script.h"

#define BODY_MOST   65536
#define TELL_MS	    10000	/* between two warnings about refusals */
#define NO_TOKEN    401
#define NO_JSON	    415
#define SOME_TAKEN  207
#define NONE_TAKEN  422
#define TYPE_JSON   "application/json"
#define RETRY_AFTER "5"		/* seconds */

/* A request whose items wait for Redis' answer. */
struct posted {
	LIST_ENTRY(posted) entry;
	struct intake_http *http;
	struct evhttp_request *request;	/* NULL: it was answered already */
	json_t *items;			/* for the answer; null: taken */
	size_t refused;
};

struct intake_http {
	const struct conf *conf;
	struct redis *redis;
	struct http_door *door;
	intake_http_check *check;
	void *arg;
	LIST_HEAD(, posted) open;
	int64_t told_ms;
	unsigned untold;
};

/* --- answers -------------------------------------------------------------- */

static void
answer(struct evhttp_request *request, int code, const char *reason,
    json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);

	json_decref(object);
	http_door_answer(request, code, reason, TYPE_JSON, text);
	free(text);
}

/* Counts and logs a refused request. */
static void
tell_refused(struct evhttp_request *request, int code, const char *reason,
    void *arg)
{
	struct intake_http *http = arg;
	int64_t now_ms = clock_mono_ms();
	char *address;
	ev_uint16_t port;

	metric_add(METRIC_INTAKE_HTTP_REFUSED, 1);
	http->untold++;
	if (http->told_ms != 0 && now_ms < http->told_ms + TELL_MS)
		return;
	evhttp_connection_get_peer(evhttp_request_get_connection(request),
	    &address, &port);
	log_warning("intake_http_refused", "code=%d reason=\"%s\" from=%s "
	    "since_last=%u", code, reason, address, http->untold);
	http->told_ms = now_ms;
	http->untold = 0;
}

static void
refuse_post(struct intake_http *http, struct evhttp_request *request, int code,
    const char *reason)
{
	tell_refused(request, code, reason, http);
	answer(request, code, reason, json_pack("{ss}", "error", reason));
}

static void
say_again_later(struct evhttp_request *request)
{
	(void)evhttp_add_header(evhttp_request_get_output_headers(request),
	    "Retry-After", RETRY_AFTER);
	answer(request, HTTP_SERVUNAVAIL, "Service Unavailable",
	    json_pack("{ss}", "error", "Redis did not take it: send it "
	    "again"));
}

static void
say_result(struct posted *posted)
{
	size_t n = json_array_size(posted->items);
	size_t taken = n - posted->refused;

	metric_add(METRIC_EVENTS_POSTED, (int64_t)taken);
	answer(posted->request, posted->refused == 0 ? HTTP_OK
	    : taken > 0 ? SOME_TAKEN : NONE_TAKEN, posted->refused == 0
	    ? "OK" : taken > 0 ? "Multi-Status" : "Unprocessable Content",
	    json_pack("{sI sI sO}", "taken", (json_int_t)taken, "refused",
	    (json_int_t)posted->refused, "items", posted->items));
}

static void
posted_free(struct posted *posted)
{
	json_decref(posted->items);
	free(posted);
}

/* Replaces each null by the id of its entry. */
static void
fill_in(json_t *items, const json_t *ids)
{
	json_t *item;
	size_t i, at = 0;

	json_array_foreach(items, i, item)
		if (json_is_null(item))
			(void)json_array_set_new(items, i, json_pack("{sO}",
			    "entry", json_array_get(ids, at++)));
}

static void
on_put(const json_t *ids, const char *error, void *arg)
{
	struct posted *posted = arg;

	if (posted->request != NULL) {
		LIST_REMOVE(posted, entry);
		if (error == NULL) {
			fill_in(posted->items, ids);
			say_result(posted);
		} else {
			log_warning("intake_http_failed", "error=\"%s\"",
			    error);
			say_again_later(posted->request);
		}
	}
	posted_free(posted);
}

/* --- items ---------------------------------------------------------------- */

/* Returns null and adds the item as a row for the stream; or returns why the
 * item is refused. */
static json_t *
take_item(struct intake_http *http, const json_t *item, json_t *rows)
{
	char *text = json_is_object(item) ? json_dumps(item, JSON_COMPACT)
	    : NULL;
	json_t *row, *fault;

	if (text == NULL)
		return json_pack("{ss ss}", "field", "json", "error",
		    "json_type");
	row = json_pack("[ss]", "json", text);
	free(text);
	fault = http->check(row, http->arg);
	if (fault == NULL)
		(void)json_array_append(rows, row);
	json_decref(row);
	return fault != NULL ? fault : json_null();
}

static void
add_rows(struct intake_http *http, struct posted *posted, json_t *rows)
{
	const struct import_args args = {
		.stream = http->conf->intake.stream,
		.rows = rows,
	};

	LIST_INSERT_HEAD(&http->open, posted, entry);
	call_raw(http->redis, http->conf, SCRIPT_IMPORT, import_words(&args),
	    on_put, posted);
	json_decref(rows);
}

/* items: an array. */
static void
take_items(struct intake_http *http, struct evhttp_request *request,
    const json_t *items)
{
	struct posted *posted = xcalloc(1, sizeof(*posted));
	json_t *rows = json_array(), *outcome;
	const json_t *item;
	size_t i;

	posted->http = http;
	posted->request = request;
	posted->items = json_array();
	json_array_foreach(items, i, item) {
		outcome = take_item(http, item, rows);
		posted->refused += !json_is_null(outcome);
		(void)json_array_append_new(posted->items, outcome);
	}
	if (json_array_size(rows) > 0) {
		add_rows(http, posted, rows);
		return;
	}
	json_decref(rows);
	say_result(posted);
	posted_free(posted);
}

static void
take_body(struct intake_http *http, struct evhttp_request *request)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	json_error_t error;
	json_t *given = json_loadb((const char *)evbuffer_pullup(body, -1),
	    evbuffer_get_length(body), JSON_REJECT_DUPLICATES, &error);
	json_t *items;
	char *why;

	if (given == NULL) {
		why = xasprintf("line %d, column %d: %s", error.line,
		    error.column, error.text);
		tell_refused(request, HTTP_BADREQUEST, "no JSON", http);
		answer(request, HTTP_BADREQUEST, "Bad Request",
		    json_pack("{ss*}", "error", why));
		free(why);
		return;
	}
	items = json_is_array(given) ? json_incref(given)
	    : json_pack("[O]", given);
	if (json_array_size(items) == 0)
		refuse_post(http, request, HTTP_BADREQUEST, "no event in it");
	else if (json_array_size(items) > INTAKE_HTTP_ITEMS)
		refuse_post(http, request, HTTP_ENTITYTOOLARGE, "more than 500 "
		    "events: send them in several requests");
	else
		take_items(http, request, items);
	json_decref(items);
	json_decref(given);
}

/* --- requests ------------------------------------------------------------- */

static bool
is_json(struct evhttp_request *request)
{
	const char *type = evhttp_find_header(
	    evhttp_request_get_input_headers(request), "Content-Type");
	size_t n = strlen(TYPE_JSON);

	return type != NULL && strncasecmp(type, TYPE_JSON, n) == 0 &&
	    strchr("; \t", type[n]) != NULL;
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct intake_http *http = arg;
	const char *path = evhttp_uri_get_path(
	    evhttp_request_get_evhttp_uri(request));
	size_t n = evbuffer_get_length(
	    evhttp_request_get_input_buffer(request));

	if (path == NULL || strcmp(path, http->conf->intake.path) != 0) {
		refuse_post(http, request, HTTP_NOTFOUND, "no such path");
	} else if (evhttp_request_get_command(request) != EVHTTP_REQ_POST) {
		(void)evhttp_add_header(
		    evhttp_request_get_output_headers(request), "Allow",
		    "POST");
		refuse_post(http, request, HTTP_NOT_ALLOWED, "POST only");
	} else if (!http_door_knows(http->door, request, NULL)) {
		refuse_post(http, request, NO_TOKEN, "token missing or unknown "
		    "(header X-Baotin-Token)");
	} else if (n > BODY_MOST) {
		refuse_post(http, request, HTTP_ENTITYTOOLARGE, "more than 64 "
		    "KiB: send it in several requests");
	} else if (!is_json(request)) {
		refuse_post(http, request, NO_JSON, "Content-Type must be "
		    "application/json");
	} else {
		take_body(http, request);
	}
}

/* --- start and stop ------------------------------------------------------- */

static struct http_door_conf
door_conf(const struct conf *conf)
{
	return (struct http_door_conf){
		.name = "intake",
		.listen = conf->intake.listen,
		.listen_key = "intake.http.listen",
		.token_files = conf->intake.token_files,
		.token_key = "intake.http.token_files",
		.allow = conf->intake.allow,
		.connections = METRIC_INTAKE_HTTP_CONNECTIONS,
	};
}

int
intake_http_check_conf(const struct conf *conf)
{
	struct http_door_conf door = door_conf(conf);

	return http_door_check(&door);
}

int
intake_http_new(struct event_base *base, const struct conf *conf,
    struct redis *redis, intake_http_check *check, void *arg,
    struct intake_http **out)
{
	struct http_door_conf door = door_conf(conf);
	struct intake_http *http;

	*out = NULL;
	if (*conf->intake.listen == '\0')
		return 0;
	http = xcalloc(1, sizeof(*http));
	http->conf = conf;
	http->redis = redis;
	http->check = check;
	http->arg = arg;
	LIST_INIT(&http->open);
	http->door = http_door_new(base, &door, on_request, tell_refused,
	    http);
	if (http->door == NULL) {
		free(http);
		return -1;
	}
	log_info("intake_http", "listen=%s path=%s", conf->intake.listen,
	    conf->intake.path);
	*out = http;
	return 0;
}

void
intake_http_free(struct intake_http *http)
{
	struct posted *posted;

	if (http == NULL)
		return;
	while ((posted = LIST_FIRST(&http->open)) != NULL) {
		LIST_REMOVE(posted, entry);
		say_again_later(posted->request);
		posted->request = NULL;
	}
	http_door_free(http->door);
	free(http);
}

void
intake_http_reload(struct intake_http *http)
{
	struct http_door_conf door;

	if (http == NULL)
		return;
	door = door_conf(http->conf);
	http_door_reload(http->door, &door);
}
