/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Posts forms. One connection per request, as a gateway that many share
 * looks from the application.
 */
#include <sys/queue.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "base/mem.h"
#include "sim/ussd_http.h"

#define ANSWER_TIMEOUT_S 15 /* what Africa's Talking grants */
#define BODY_MAX	 4096
#define TOKEN_SIZE	 256

struct post {
	TAILQ_ENTRY(post) entry;
	struct ussd_http *http;
	struct evhttp_connection *connection;
	ussd_http_done *done;
	void *arg;
	char session[64];
};

struct ussd_http {
	struct event_base *base;
	struct evhttp_uri *uri;
	char *host; /* without the brackets of IPv6 */
	char token[TOKEN_SIZE];
	TAILQ_HEAD(, post) posts;
};

static int
read_token(const char *file, char out[TOKEN_SIZE])
{
	FILE *in = fopen(file, "re");

	if (in == NULL || fgets(out, TOKEN_SIZE, in) == NULL) {
		(void)fprintf(stderr, "baotin-sim: --ussd-token %s: %s\n",
		    file, in == NULL ? strerror(errno) : "it is empty");
		if (in != NULL)
			(void)fclose(in);
		return -1;
	}
	(void)fclose(in);
	out[strcspn(out, "\r\n")] = '\0';
	return 0;
}

static char *
plain_host(const struct evhttp_uri *uri)
{
	const char *host = evhttp_uri_get_host(uri);
	size_t n;

	if (host == NULL || *host == '\0')
		return NULL;
	n = strlen(host);
	return *host == '[' && n > 2 ? xstrndup(host + 1, n - 2)
				     : xstrdup(host);
}

struct ussd_http *
ussd_http_new(struct event_base *base, const char *url, const char *token_file)
{
	struct ussd_http *http = xcalloc(1, sizeof(*http));

	http->base = base;
	TAILQ_INIT(&http->posts);
	http->uri = evhttp_uri_parse(url);
	if (http->uri != NULL)
		http->host = plain_host(http->uri);
	if (http->host == NULL) {
		(void)fprintf(stderr, "baotin-sim: --ussd-url %s: it must be "
		    "as http://127.0.0.1:8022/ussd\n", url);
		ussd_http_free(http);
		return NULL;
	}
	if (*token_file != '\0' && read_token(token_file, http->token) != 0) {
		ussd_http_free(http);
		return NULL;
	}
	return http;
}

void
ussd_http_free(struct ussd_http *http)
{
	struct post *post;

	if (http == NULL)
		return;
	while ((post = TAILQ_FIRST(&http->posts)) != NULL) {
		TAILQ_REMOVE(&http->posts, post, entry);
		evhttp_connection_free(post->connection);
		free(post);
	}
	if (http->uri != NULL)
		evhttp_uri_free(http->uri);
	free(http->host);
	free(http);
}

/* The connection goes by itself when this returns. */
static void
answered_cb(struct evhttp_request *request, void *arg)
{
	struct post *post = arg;
	int code = request != NULL ? evhttp_request_get_response_code(request)
				   : 0;
	char body[BODY_MAX + 1], error[32];
	ev_ssize_t n = 0;

	TAILQ_REMOVE(&post->http->posts, post, entry);
	if (code == 200)
		n = evbuffer_copyout(evhttp_request_get_input_buffer(request),
		    body, BODY_MAX);
	body[n > 0 ? n : 0] = '\0';
	if (code == 0)
		(void)strcpy(error, "no_answer");
	else
		(void)snprintf(error, sizeof(error), "http_%d", code);
	if (post->done != NULL)
		post->done(code == 200 ? body : NULL, error, post->session,
		    post->arg);
	free(post);
}

static void
add_form(struct evbuffer *out, const struct ussd_field *field)
{
	for (bool is_first = true; field->name != NULL; field++) {
		char *value = evhttp_uriencode(field->value, -1, 1);

		(void)evbuffer_add_printf(out, "%s%s=%s", is_first ? "" : "&",
		    field->name, value);
		is_first = false;
		free(value);
	}
}

static void
add_headers(const struct ussd_http *http, struct evhttp_request *request)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(request);

	(void)evhttp_add_header(out, "Host",
	    evhttp_uri_get_host(http->uri));
	(void)evhttp_add_header(out, "Content-Type",
	    "application/x-www-form-urlencoded");
	(void)evhttp_add_header(out, "Connection", "close");
	if (http->token[0] != '\0')
		(void)evhttp_add_header(out, "X-Baotin-Token", http->token);
}

static char *
path_and_query(const struct evhttp_uri *uri)
{
	const char *path = evhttp_uri_get_path(uri);
	const char *query = evhttp_uri_get_query(uri);

	if (path == NULL || *path == '\0')
		path = "/";
	return query == NULL ? xstrdup(path)
			     : xasprintf("%s?%s", path, query);
}

void
ussd_http_post(struct ussd_http *http, const struct ussd_field *fields,
    const char *session, ussd_http_done *done, void *arg)
{
	struct post *post = xcalloc(1, sizeof(*post));
	int port = evhttp_uri_get_port(http->uri);
	struct evhttp_request *request =
	    evhttp_request_new(answered_cb, post);
	char *path = path_and_query(http->uri);

	post->http = http;
	post->done = done;
	post->arg = arg;
	(void)strncpy(post->session, session, sizeof(post->session) - 1);
	post->connection = evhttp_connection_base_new(http->base, NULL,
	    http->host, (unsigned short)(port > 0 ? port : 80));
	evhttp_connection_set_timeout(post->connection, ANSWER_TIMEOUT_S);
	evhttp_connection_free_on_completion(post->connection);
	TAILQ_INSERT_TAIL(&http->posts, post, entry);
	add_headers(http, request);
	add_form(evhttp_request_get_output_buffer(request), fields);
	(void)evhttp_make_request(post->connection, request, EVHTTP_REQ_POST,
	    path);
	free(path);
}
