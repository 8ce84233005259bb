/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * evhttp with what it lacks: a limit of connections (gate.c) and of sizes,
 * and who may ask (guard.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/door.h"
#include "http/gate.h"
#include "http/guard.h"

#define BACKLOG	    256
#define HEADERS_MAX 8192
#define BODY_HARD   65536 /* above, evhttp does not even read it */
#define READ_S	    30	  /* of silence inside a request */
#define METHODS	                                                              \
	(EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |                 \
	    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |         \
	    EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH)

struct http_door {
	struct event_base *base;
	struct http_gate *gate;
	struct http_guard *guard;
	struct evhttp *server;
	http_door_request *on_request;
	http_door_refused *on_refused;
	void *arg;
};

void
http_door_answer(struct evhttp_request *request, int code,
    const char *reason, const char *type, const char *text)
{
	(void)evhttp_add_header(evhttp_request_get_output_headers(request),
	    "Content-Type", type);
	if (evhttp_request_get_command(request) != EVHTTP_REQ_HEAD)
		(void)evbuffer_add(evhttp_request_get_output_buffer(request),
		    text, strlen(text));
	evhttp_send_reply(request, code, reason, NULL);
}

static void
request_cb(struct evhttp_request *request, void *arg)
{
	static const char reason[] = "source not allowed";
	struct http_door *door = arg;
	struct evhttp_connection *connection =
	    evhttp_request_get_connection(request);

	http_gate_asked(door->gate, bufferevent_getfd(
	    evhttp_connection_get_bufferevent(connection)));
	if (http_guard_allows(door->guard,
	    evhttp_connection_get_addr(connection))) {
		door->on_request(request, door->arg);
		return;
	}
	door->on_refused(request, HTTP_FORBIDDEN, reason, door->arg);
	http_door_answer(request, HTTP_FORBIDDEN, reason,
	    "text/plain; charset=utf-8", "source not allowed\n");
}

static struct bufferevent *
accepted_cb(struct event_base *base, void *arg)
{
	struct http_door *door = arg;

	if (door->gate != NULL)
		http_gate_accepted(door->gate);
	return bufferevent_socket_new(base, -1, 0);
}

static int
listen_at(struct http_door *door, const struct http_door_conf *conf)
{
	struct sockaddr_storage address;
	int n = sizeof(address);
	void *any = &address;
	struct evconnlistener *listener = NULL;

	errno = EINVAL;
	if (evutil_parse_sockaddr_port(conf->listen, any, &n) == 0)
		listener = evconnlistener_new_bind(door->base, NULL, NULL,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
		    LEV_OPT_REUSEABLE, BACKLOG, any, n);
	if (listener == NULL) {
		log_error("http_listen", "name=%s key=%s address=%s "
		    "error=\"%s\"", conf->name, conf->listen_key,
		    conf->listen, strerror(errno));
		return -1;
	}
	(void)evhttp_bind_listener(door->server, listener);
	door->gate = http_gate_new(door->base, listener, conf->name,
	    conf->connections);
	return 0;
}

static struct http_guard *
make_guard(const struct http_door_conf *conf)
{
	return http_guard_new(conf->token_files, conf->allow,
	    conf->token_key);
}

struct http_door *
http_door_new(struct event_base *base, const struct http_door_conf *conf,
    http_door_request *on_request, http_door_refused *on_refused, void *arg)
{
	struct http_door *door = xcalloc(1, sizeof(*door));

	door->base = base;
	door->on_request = on_request;
	door->on_refused = on_refused;
	door->arg = arg;
	door->server = evhttp_new(base);
	evhttp_set_gencb(door->server, request_cb, door);
	evhttp_set_bevcb(door->server, accepted_cb, door);
	evhttp_set_allowed_methods(door->server, METHODS);
	evhttp_set_max_headers_size(door->server, HEADERS_MAX);
	evhttp_set_max_body_size(door->server, BODY_HARD);
	evhttp_set_timeout(door->server, READ_S);
	door->guard = make_guard(conf);
	if (door->guard == NULL || listen_at(door, conf) == -1) {
		http_door_free(door);
		return NULL;
	}
	return door;
}

void
http_door_free(struct http_door *door)
{
	if (door == NULL)
		return;
	http_gate_free(door->gate);
	door->gate = NULL;	/* accepted_cb may still come */
	evhttp_free(door->server);
	http_guard_free(door->guard);
	free(door);
}

void
http_door_reload(struct http_door *door, const struct http_door_conf *conf)
{
	struct http_guard *fresh = make_guard(conf);

	if (fresh == NULL)
		return;
	http_guard_free(door->guard);
	door->guard = fresh;
}

int
http_door_check(const struct http_door_conf *conf)
{
	struct http_guard *guard = make_guard(conf);

	http_guard_free(guard);
	return guard != NULL ? 0 : -1;
}

bool
http_door_knows(const struct http_door *door, struct evhttp_request *request,
    const char *token)
{
	const char *header = evhttp_find_header(
	    evhttp_request_get_input_headers(request), HTTP_TOKEN_HEADER);

	return http_guard_is_open(door->guard) ||
	    http_guard_knows(door->guard, header != NULL ? header : token);
}
