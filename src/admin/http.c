/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of paths, and who may ask for them. page.c writes the page,
 * exposition.c what machines read.
 */
#include <sys/queue.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/http.h>

#include "admin/exposition.h"
#include "admin/http.h"
#include "admin/page.h"
#include "admin/request.h"
#include "admin/snapshot.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/series.h"
#include "conf/conf.h"
#include "http/door.h"

#define NO_TOKEN      401
#define MISDIRECTED   421
#define TYPE_PLAIN	      "text/plain; charset=utf-8"
#define TYPE_METRICS	      "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_JSON	      "application/json"
#define TYPE_HEALTH	      "application/health+json"
#define TYPE_HTML	      "text/html; charset=utf-8"
#define HOST_SIZE     256

/* A request that waits for the snapshot. */
struct asking {
	TAILQ_ENTRY(asking) entry;
	struct admin_http *http;
	struct evhttp_request *request;
	const struct route *route;
};

struct admin_http {
	const struct conf *conf;
	struct http_door *door;
	struct snapshot *snapshot;
	TAILQ_HEAD(, asking) open;
};

struct route {
	const char *path;
	void (*answer)(struct evhttp_request *, const json_t *snapshot);
	bool wants_snapshot;
	bool is_free;		/* needs no token */
};

static void
reply(struct evhttp_request *request, int code, const char *reason,
    const char *type, const char *text)
{
	struct evkeyvalq *headers =
	    evhttp_request_get_output_headers(request);
	char number[16];
	const char *path = evhttp_uri_get_path(
	    evhttp_request_get_evhttp_uri(request));

	(void)evhttp_add_header(headers, "Cache-Control", "no-store");
	(void)evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	(void)evhttp_add_header(headers, "Referrer-Policy", "no-referrer");
	(void)evhttp_add_header(headers, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; script-src 'self'; "
	    "img-src 'self'; connect-src 'self'; base-uri 'none'; "
	    "form-action 'none'; frame-ancestors 'none'");
	(void)snprintf(number, sizeof(number), "%d", code);
	series_add(SERIES_HTTP_REQUESTS, 1, code == HTTP_OK && path != NULL
	    ? path : "other", number, NULL);
	http_door_answer(request, code, reason, type, text);
}

/* --- the paths ------------------------------------------------------------ */

static void
answer_live(struct evhttp_request *request, const json_t *snapshot)
{
	(void)snapshot;
	reply(request, HTTP_OK, "OK", TYPE_HEALTH, "{\"status\":\"pass\"}");
}

static void
answer_ready(struct evhttp_request *request, const json_t *snapshot)
{
	enum health health;
	char *text = exposition_health(snapshot, &health);

	reply(request, health == HEALTH_FAIL ? HTTP_SERVUNAVAIL : HTTP_OK,
	    health == HEALTH_FAIL ? "Service Unavailable" : "OK", TYPE_HEALTH,
	    text);
	free(text);
}

static void
answer_metrics(struct evhttp_request *request, const json_t *snapshot)
{
	char *text = exposition_metrics(snapshot);

	reply(request, HTTP_OK, "OK", TYPE_METRICS, text);
	free(text);
}

static void
answer_json(struct evhttp_request *request, const json_t *snapshot)
{
	/* Without the plots: they are many numbers, and only the page needs
	 * them. */
	json_t *object = json_copy((json_t *)(uintptr_t)snapshot);
	char *text;

	(void)json_object_del(object, "plots");
	text = json_dumps(object, JSON_COMPACT);
	reply(request, HTTP_OK, "OK", TYPE_JSON, text);
	free(text);
	json_decref(object);
}

/* The language: ?lang=vi or en, else what the browser prefers, else
 * Vietnamese. */
static const char *
language_of(struct evhttp_request *request)
{
	const char *query = evhttp_uri_get_query(
	    evhttp_request_get_evhttp_uri(request));
	const char *accepts = evhttp_find_header(
	    evhttp_request_get_input_headers(request), "Accept-Language");
	const char *vi = accepts != NULL ? strstr(accepts, "vi") : NULL;
	const char *en = accepts != NULL ? strstr(accepts, "en") : NULL;

	if (query != NULL && strcmp(query, "lang=en") == 0)
		return "en";
	if (query != NULL && strcmp(query, "lang=vi") == 0)
		return "vi";
	return en != NULL && (vi == NULL || en < vi) ? "en" : "vi";
}

static void
answer_page(struct evhttp_request *request, const json_t *snapshot)
{
	char *text = page_write(snapshot, language_of(request));

	reply(request, HTTP_OK, "OK", TYPE_HTML, text);
	free(text);
}

static void
answer_style(struct evhttp_request *request, const json_t *snapshot)
{
	(void)snapshot;
	reply(request, HTTP_OK, "OK", "text/css; charset=utf-8",
	    page_style());
}

static void
answer_script(struct evhttp_request *request, const json_t *snapshot)
{
	(void)snapshot;
	reply(request, HTTP_OK, "OK", "text/javascript; charset=utf-8",
	    page_script());
}

static void
answer_icon(struct evhttp_request *request, const json_t *snapshot)
{
	const char *class = evhttp_uri_get_query(
	    evhttp_request_get_evhttp_uri(request));
	char *text = page_icon(class != NULL ? class : "");

	(void)snapshot;
	reply(request, HTTP_OK, "OK", "image/svg+xml", text);
	free(text);
}

static const struct route routes[] = {
	{"/", answer_page, true, false},
	{"/status.json", answer_json, true, false},
	{"/metrics", answer_metrics, true, false},
	{"/health/live", answer_live, false, true},
	{"/health/ready", answer_ready, true, true},
	{"/page.css", answer_style, false, true},
	{"/page.js", answer_script, false, true},
	{"/icon.svg", answer_icon, false, true},
};

static const struct route *
route_of(struct evhttp_request *request)
{
	const char *path = evhttp_uri_get_path(
	    evhttp_request_get_evhttp_uri(request));

	for (size_t i = 0; path != NULL &&
	    i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(path, routes[i].path) == 0)
			return &routes[i];
	return NULL;
}

/* --- who may ask ---------------------------------------------------------- */

/* Stops DNS rebinding: another site's page, whose name leads to our address,
 * must not read ours. So the host in the request must be an address, localhost
 * or this machine's own name. */
static bool
is_own_host(struct evhttp_request *request)
{
	const char *given = evhttp_request_get_host(request);
	char host[HOST_SIZE], own[HOST_SIZE];
	struct in6_addr address;

	if (given == NULL)
		return true;	/* HTTP/1.0; no browser */
	(void)snprintf(host, sizeof(host), "%s", given);
	if (host[0] == '[')
		return true;	/* an IPv6 address */
	host[strcspn(host, ":")] = '\0';
	if (inet_pton(AF_INET, host, &address) == 1 ||
	    strchr(given, ':') != strrchr(given, ':') ||
	    strcasecmp(host, "localhost") == 0)
		return true;
	return gethostname(own, sizeof(own) - 1) == 0 &&
	    strcasecmp(host, own) == 0;
}

/* "Authorization: Bearer TOKEN", as Prometheus sends it. */
static const char *
bearer_of(struct evhttp_request *request)
{
	const char *value = evhttp_find_header(
	    evhttp_request_get_input_headers(request), "Authorization");

	return value != NULL && strncasecmp(value, "Bearer ", 7) == 0
	    ? value + 7 : NULL;
}

static void
on_snapshot(const json_t *object, void *arg)
{
	struct asking *asking = arg;

	TAILQ_REMOVE(&asking->http->open, asking, entry);
	if (object != NULL)
		asking->route->answer(asking->request, object);
	else
		reply(asking->request, HTTP_SERVUNAVAIL,
		    "Service Unavailable", TYPE_PLAIN, "the daemon stops\n");
	free(asking);
}

static void
ask_snapshot(struct admin_http *http, struct evhttp_request *request,
    const struct route *route)
{
	struct asking *asking = xcalloc(1, sizeof(*asking));

	asking->http = http;
	asking->request = request;
	asking->route = route;
	TAILQ_INSERT_TAIL(&http->open, asking, entry);
	snapshot_get(http->snapshot, on_snapshot, asking);
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct admin_http *http = arg;
	const struct route *route = route_of(request);
	enum evhttp_cmd_type command = evhttp_request_get_command(request);

	if (!is_own_host(request)) {
		reply(request, MISDIRECTED, "Misdirected Request", TYPE_PLAIN,
		    "ask for this machine by its address, by localhost or by "
		    "its own name\n");
	} else if (route == NULL) {
		reply(request, HTTP_NOTFOUND, "Not Found", TYPE_PLAIN,
		    "no such page\n");
	} else if (command != EVHTTP_REQ_GET && command != EVHTTP_REQ_HEAD) {
		(void)evhttp_add_header(evhttp_request_get_output_headers(
		    request), "Allow", "GET, HEAD");
		reply(request, HTTP_NOT_ALLOWED, "Method Not Allowed",
		    TYPE_PLAIN, "GET or HEAD only\n");
	} else if (!route->is_free && !http_door_knows(http->door, request,
	    bearer_of(request))) {
		(void)evhttp_add_header(evhttp_request_get_output_headers(
		    request), "WWW-Authenticate", "Bearer");
		reply(request, NO_TOKEN, "Unauthorized", TYPE_PLAIN,
		    "a token of admin.token_files is wanted\n");
	} else if (route->wants_snapshot) {
		ask_snapshot(http, request, route);
	} else {
		route->answer(request, NULL);
	}
}

static void
on_refused(struct evhttp_request *request, int code, const char *reason,
    void *arg)
{
	char number[16];

	(void)request;
	(void)arg;
	(void)snprintf(number, sizeof(number), "%d", code);
	series_add(SERIES_HTTP_REQUESTS, 1, "other", number, NULL);
	log_debug("admin_http_refused", "code=%d reason=\"%s\"", code,
	    reason);
}

/* --- start and stop ------------------------------------------------------- */

static struct http_door_conf
door_conf(const struct conf *conf)
{
	return (struct http_door_conf){
		.name = "admin",
		.listen = conf->admin.http,
		.listen_key = "admin.http",
		.token_files = conf->admin.token_files,
		.token_key = "admin.token_files",
		.allow = conf->admin.allow,
		.connections = METRIC_ADMIN_HTTP_CONNECTIONS,
	};
}

int
admin_http_check(const struct conf *conf)
{
	struct http_door_conf door = door_conf(conf);

	return http_door_check(&door);
}

int
admin_http_new(struct event_base *base, const struct conf *conf,
    struct admin_tools *tools, struct admin_http **out)
{
	struct http_door_conf door = door_conf(conf);
	struct admin_http *http;

	*out = NULL;
	if (*conf->admin.http == '\0')
		return 0;
	http = xcalloc(1, sizeof(*http));
	http->conf = conf;
	TAILQ_INIT(&http->open);
	http->snapshot = snapshot_new(tools);
	http->door = http_door_new(base, &door, on_request, on_refused, http);
	if (http->door == NULL) {
		admin_http_free(http);
		return -1;
	}
	log_info("admin_http", "listen=%s", conf->admin.http);
	*out = http;
	return 0;
}

void
admin_http_free(struct admin_http *http)
{
	if (http == NULL)
		return;
	snapshot_free(http->snapshot);	/* answers those that wait */
	http_door_free(http->door);
	free(http);
}

void
admin_http_reload(struct admin_http *http)
{
	struct http_door_conf door;

	if (http == NULL)
		return;
	door = door_conf(http->conf);
	http_door_reload(http->door, &door);
}
