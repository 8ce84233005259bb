/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The HTTP server for USSD gateways: checks who asks, reads the form, asks the
 * dialogue, writes the screen.
 */
#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "http/door.h"
#include "lookup/answer.h"
#include "lookup/http.h"
#include "lookup/http_form.h"

#define TELL_MS	     10000 /* between two warnings about refused ones */
#define FORM_TYPE    "application/x-www-form-urlencoded"
#define TOKEN_QUERY  "token"
#define NO_TOKEN     401
#define NO_FORM	     415

/* A request that waits for the dialogue's answer. */
struct asked {
	TAILQ_ENTRY(asked) entry;
	struct lookup_http *http;	/* NULL: the server is gone meanwhile */
	struct evhttp_request *request; /* NULL: answered */
	int64_t deadline_ms;
};

struct lookup_http {
	struct event_base *base;
	const struct conf *conf;
	struct lookup *lookup;
	const struct http_profile *profile;
	struct lookup_transport transport;
	struct http_door *door;
	struct event *timer;		/* of the first deadline */
	TAILQ_HEAD(, asked) open;	/* by deadline */
	int64_t told_ms;
	unsigned untold;
};

/* --- answers -------------------------------------------------------------- */

/* prefix and text may be "". */
static void
reply(struct evhttp_request *request, int code, const char *reason,
    const char *prefix, const char *text)
{
	struct evkeyvalq *headers =
	    evhttp_request_get_output_headers(request);
	struct evbuffer *body = evhttp_request_get_output_buffer(request);

	(void)evhttp_add_header(headers, "Content-Type",
	    "text/plain; charset=utf-8");
	(void)evbuffer_add(body, prefix, strlen(prefix));
	(void)evbuffer_add(body, text, strlen(text));
	evhttp_send_reply(request, code, reason, NULL);
}

/* Counts and logs a request that is turned away. */
static void
tell_refused(struct evhttp_request *request, int code, const char *reason,
    void *arg)
{
	struct lookup_http *http = arg;
	struct evhttp_connection *connection =
	    evhttp_request_get_connection(request);
	int64_t now_ms = clock_mono_ms();
	char *address;
	ev_uint16_t port;

	metric_add(code == HTTP_FORBIDDEN || code == NO_TOKEN
	    ? METRIC_USSD_HTTP_REFUSED : METRIC_USSD_HTTP_BAD, 1);
	http->untold++;
	if (now_ms < http->told_ms + TELL_MS)
		return;
	evhttp_connection_get_peer(connection, &address, &port);
	log_warning("ussd_http_refused", "code=%d reason=\"%s\" from=%s "
	    "since_last=%u", code, reason, address, http->untold);
	http->told_ms = now_ms;
	http->untold = 0;
}

static void
refuse_request(struct lookup_http *http, struct evhttp_request *request,
    int code, const char *reason)
{
	tell_refused(request, code, reason, http);
	reply(request, code, reason, reason, "\n");
}

/* Answers with a screen that ends the dialogue, without accents for old
 * phones. */
static void
last_screen(struct lookup_http *http, struct evhttp_request *request,
    enum phrase phrase)
{
	static const struct voice plain = {"", false};
	char *text = lookup_say(http->lookup, plain, phrase);

	reply(request, HTTP_OK, "OK", http->profile->stop, text);
	free(text);
}

/* Ends the waiting; the dialogue's late answer is ignored. */
static void
give_up(struct asked *asked)
{
	TAILQ_REMOVE(&asked->http->open, asked, entry);
	last_screen(asked->http, asked->request, PHRASE_SCREEN_UNAVAILABLE);
	asked->request = NULL;
}

static void
set_timer(struct lookup_http *http)
{
	const struct asked *first = TAILQ_FIRST(&http->open);
	struct timeval tv = {0, 0};
	int64_t wait_ms;

	if (first == NULL || evtimer_pending(http->timer, NULL))
		return;
	wait_ms = first->deadline_ms - clock_mono_ms();
	if (wait_ms > 0) {
		tv.tv_sec = wait_ms / 1000;
		tv.tv_usec = wait_ms % 1000 * 1000;
	}
	(void)evtimer_add(http->timer, &tv);
}

static void
deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	struct lookup_http *http = arg;
	int64_t now_ms = clock_mono_ms();
	struct asked *asked;

	(void)fd;
	(void)what;
	while ((asked = TAILQ_FIRST(&http->open)) != NULL &&
	    asked->deadline_ms <= now_ms) {
		metric_add(METRIC_USSD_HTTP_LATE, 1);
		log_warning("ussd_http_late", "after_ms=%d",
		    HTTP_DEADLINE_MS);
		give_up(asked);
	}
	set_timer(http);
}

static void
on_answer(const char *text, bool is_final, void *arg)
{
	struct asked *asked = arg;
	const struct http_profile *profile;

	if (asked->request != NULL) {
		profile = asked->http->profile;
		TAILQ_REMOVE(&asked->http->open, asked, entry);
		metric_add(METRIC_USSD_HTTP_ANSWERS, 1);
		reply(asked->request, HTTP_OK, "OK",
		    is_final ? profile->stop : profile->go_on, text);
	}
	free(asked);
}

/* --- questions ------------------------------------------------------------ */

static void
ask_dialogue(struct lookup_http *http, struct evhttp_request *request,
    const struct http_form *form)
{
	const struct lookup_request question = {
		.transport = &http->transport,
		.session = form->session,
		.phone = form->phone,
		.text = form->text,
	};
	struct asked *asked = xcalloc(1, sizeof(*asked));

	asked->http = http;
	asked->request = request;
	asked->deadline_ms = clock_mono_ms() + HTTP_DEADLINE_MS;
	TAILQ_INSERT_TAIL(&http->open, asked, entry);
	set_timer(http);
	lookup_input(http->lookup, &question, on_answer, asked);
}

static void
take_form(struct lookup_http *http, struct evhttp_request *request)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	size_t n = evbuffer_get_length(body);
	enum http_form_verdict verdict;
	struct http_form form;

	verdict = http_form_read(http->profile,
	    http->conf->gateway.country_code,
	    (const char *)evbuffer_pullup(body, -1), n, &form);
	if (verdict == HTTP_FORM_FOREIGN) {
		/* The citizen shall see a screen, not the network's failure
		 * message. */
		metric_add(METRIC_USSD_HTTP_ANSWERS, 1);
		log_info("ussd_http_foreign", "phone=%s", form.phone_given);
		last_screen(http, request, PHRASE_SCREEN_FOREIGN);
	} else if (verdict != HTTP_FORM_OK) {
		log_warning("ussd_http_form", "error=%s phone=%s",
		    http_form_verdict_name(verdict), form.phone_given);
		refuse_request(http, request, HTTP_BADREQUEST,
		    http_form_verdict_name(verdict));
	} else if (form.is_end) {
		metric_add(METRIC_USSD_HTTP_ENDS, 1);
		lookup_end(http->lookup, &http->transport, form.session);
		reply(request, HTTP_OK, "OK", "", "");
	} else if (!http->conf->lookup.enabled) {
		metric_add(METRIC_USSD_HTTP_ANSWERS, 1);
		last_screen(http, request, PHRASE_SCREEN_CLOSED);
	} else {
		ask_dialogue(http, request, &form);
	}
}

/* Looks in the header, and in the query if that is allowed. */
static bool
has_token(const struct lookup_http *http, struct evhttp_request *request)
{
	const char *query = evhttp_uri_get_query(
	    evhttp_request_get_evhttp_uri(request));
	struct evkeyvalq fields;
	bool knows;

	if (!http->conf->ussd.token_in_query || query == NULL)
		return http_door_knows(http->door, request, NULL);
	TAILQ_INIT(&fields);
	knows = http_door_knows(http->door, request,
	    evhttp_parse_query_str(query, &fields) == 0
	    ? evhttp_find_header(&fields, TOKEN_QUERY) : NULL);
	evhttp_clear_headers(&fields);
	return knows;
}

static bool
is_form(struct evhttp_request *request)
{
	const char *type = evhttp_find_header(
	    evhttp_request_get_input_headers(request), "Content-Type");
	size_t n = strlen(FORM_TYPE);

	return type != NULL && strncasecmp(type, FORM_TYPE, n) == 0 &&
	    strchr("; \t", type[n]) != NULL;
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct lookup_http *http = arg;
	const char *path = evhttp_uri_get_path(
	    evhttp_request_get_evhttp_uri(request));

	if (path == NULL || strcmp(path, http->conf->ussd.path) != 0) {
		refuse_request(http, request, HTTP_NOTFOUND, "no such path");
	} else if (evhttp_request_get_command(request) != EVHTTP_REQ_POST) {
		(void)evhttp_add_header(
		    evhttp_request_get_output_headers(request), "Allow",
		    "POST");
		refuse_request(http, request, HTTP_NOT_ALLOWED, "POST only");
	} else if (!has_token(http, request)) {
		refuse_request(http, request, NO_TOKEN,
		    "token missing or unknown");
	} else if (evbuffer_get_length(evhttp_request_get_input_buffer(
		       request)) > HTTP_BODY_MAX) {
		refuse_request(http, request, HTTP_ENTITYTOOLARGE,
		    "body too large");
	} else if (!is_form(request)) {
		refuse_request(http, request, NO_FORM, "a form is wanted");
	} else {
		take_form(http, request);
	}
}

/* --- start and stop ------------------------------------------------------- */

static struct http_door_conf
door_conf(const struct conf *conf)
{
	return (struct http_door_conf){
		.name = "ussd",
		.listen = conf->ussd.listen,
		.listen_key = "ussd.http.listen",
		.token_files = conf->ussd.token_files,
		.token_key = "ussd.http.token_files",
		.allow = conf->ussd.allow,
		.connections = METRIC_USSD_HTTP_CONNECTIONS,
	};
}

int
lookup_http_check(const struct conf *conf)
{
	struct http_door_conf door = door_conf(conf);

	return http_door_check(&door);
}

int
lookup_http_new(struct event_base *base, const struct conf *conf,
    struct lookup *lookup, struct lookup_http **out)
{
	struct http_door_conf door = door_conf(conf);
	struct lookup_http *http;

	*out = NULL;
	if (conf->ussd.listen[0] == '\0')
		return 0;
	http = xcalloc(1, sizeof(*http));
	http->base = base;
	http->conf = conf;
	http->lookup = lookup;
	http->profile = http_profile_find(conf->ussd.profile);
	http->told_ms = clock_mono_ms() - TELL_MS;
	http->transport = (struct lookup_transport){
		.name = "http",
		.max_octets = http->profile->max_octets,
		.is_cumulative = http->profile->is_cumulative,
	};
	TAILQ_INIT(&http->open);
	http->timer = evtimer_new(base, deadline_cb, http);
	http->door = http_door_new(base, &door, on_request, tell_refused,
	    http);
	if (http->door == NULL) {
		lookup_http_free(http);
		return -1;
	}
	log_info("ussd_http", "listen=%s path=%s profile=%s",
	    conf->ussd.listen, conf->ussd.path, conf->ussd.profile);
	*out = http;
	return 0;
}

void
lookup_http_free(struct lookup_http *http)
{
	struct asked *asked;

	if (http == NULL)
		return;
	while ((asked = TAILQ_FIRST(&http->open)) != NULL)
		give_up(asked);
	http_door_free(http->door);
	event_free(http->timer);
	free(http);
}

void
lookup_http_reload(struct lookup_http *http)
{
	struct http_door_conf door;

	if (http == NULL)
		return;
	door = door_conf(http->conf);
	http_door_reload(http->door, &door);
}
