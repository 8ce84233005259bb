/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Listeners, clients and their limits. request.c decides what a request means.
 */
#include "config.h" /* for struct ucred */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "admin/admin.h"
#include "admin/cmd.h"
#include "admin/history.h"
#include "admin/http.h"
#include "admin/request.h"
#include "admin/socket.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "ipc/channel.h"
#include "ipc/control.h"

#define CLIENTS_MAX	 64	/* per socket */
#define IDLE_S		 60	/* without a request, or without reading */
#define BACKLOG_MAX	 ((size_t)2 * CONTROL_LIMIT)
#define ACCEPT_AGAIN_S	 1	/* after running out of descriptors */

struct door {
	struct admin *admin;
	bool may_change;
	char *agency;		/* NULL: of all */
	struct socket_file file;
	struct evconnlistener *listener;
	struct event *again;
	unsigned n_clients;
};

struct client {
	LIST_ENTRY(client) entry;
	struct door *door;
	struct admin_peer peer;
	struct channel *channel;
	struct event *idle;
	struct admin_request *request;	/* NULL: none under way */
};

struct admin {
	struct event_base *base;
	struct admin_tools tools;
	struct admin_hooks hooks;
	struct door *doors;	/* control, status, of agencies */
	size_t n_doors;
	LIST_HEAD(, client) clients;
	struct admin_http *http;	/* NULL: off */
	struct history *history;
};

static void
client_free(struct client *client)
{
	if (client->request != NULL)
		request_forget(client->request);
	channel_free(client->channel);
	event_free(client->idle);
	LIST_REMOVE(client, entry);
	client->door->n_clients--;
	free(client);
}

static void
client_refuse(struct client *client, const char *reason)
{
	metric_add(METRIC_CONTROL_REFUSED, 1);
	log_info("control_closed", "uid=%ld pid=%ld reason=\"%s\"",
	    (long)client->peer.uid, (long)client->peer.pid, reason);
	client_free(client);
}

static void
client_waits(struct client *client)
{
	const struct timeval idle = {.tv_sec = IDLE_S};

	(void)event_add(client->idle, &idle);
}

static void
idle_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	client_refuse(arg, channel_backlog(((struct client *)arg)->channel) >
	    0 ? "does not read" : "idle");
}

static void
answered(const char *answer, size_t n, void *arg)
{
	struct client *client = arg;

	client->request = NULL;
	LIST_REMOVE(client, entry);
	LIST_INSERT_HEAD(&client->door->admin->clients, client, entry);
	channel_send(client->channel, CONTROL_ANSWER, answer, n);
	if (channel_backlog(client->channel) > BACKLOG_MAX)
		client_refuse(client, "does not read");
	else
		client_waits(client);
}

static void
frame_came(struct channel *channel, uint16_t type, const uint8_t *payload,
    size_t n, void *arg)
{
	struct client *client = arg;

	(void)channel;
	if (type != CONTROL_REQUEST) {
		client_refuse(client, "no such frame");
		return;
	}
	if (client->request != NULL) {
		client_refuse(client, "a request before the last answer");
		return;
	}
	client->request = request_new(&client->door->admin->tools,
	    &client->peer, payload, n, answered, client);
	if (client->request == NULL) {
		client_refuse(client, "not a request: words in UTF-8 "
		    "without NUL");
		return;
	}
	(void)event_del(client->idle);
	cmd_run(client->request);	/* the client may be gone now */
}

static void
closed(struct channel *channel, const char *reason, void *arg)
{
	struct client *client = arg;

	(void)channel;
	if (strcmp(reason, "eof") == 0)
		client_free(client);
	else
		client_refuse(client, reason);
}

/* A client that asks nothing must not keep others out: the one that has been
 * idle for the longest is closed. Returns false when all of them wait for
 * answers. */
static bool
make_room(const struct door *door)
{
	struct client *client, *idle = NULL;

	LIST_FOREACH(client, &door->admin->clients, entry)
		if (client->door == door && client->request == NULL)
			idle = client;	/* the newest ones are in front */
	if (idle != NULL)
		client_refuse(idle, "idle while others wait");
	return idle != NULL;
}

/* Sends the reason before hanging up, as far as the socket takes it at once. */
static void
turn_away(int fd, const char *error)
{
	json_t *answer = json_pack("{s:b, s:i, s:s}", "ok", 0, "status", 1,
	    "error", error);
	char *text = json_dumps(answer, JSON_COMPACT);
	uint8_t head[CHANNEL_HEAD];

	frame_head(head, CONTROL_ANSWER, strlen(text));
	if (send(fd, head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT) != -1)
		(void)send(fd, text, strlen(text),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close(fd);
	free(text);
	json_decref(answer);
	metric_add(METRIC_CONTROL_REFUSED, 1);
}

static void
accept_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *from, int from_n, void *arg)
{
	static const struct channel_hooks hooks = {
		.on_frame = frame_came,
		.on_closed = closed,
	};
	struct door *door = arg;
	struct client *client;
	struct ucred who;
	socklen_t who_n = sizeof(who);

	(void)listener;
	(void)from;
	(void)from_n;
	if (door->n_clients >= CLIENTS_MAX && !make_room(door)) {
		turn_away(fd, "too many clients at this moment");
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &who_n) == -1) {
		turn_away(fd, "who are you?");
		return;
	}
	client = xcalloc(1, sizeof(*client));
	client->door = door;
	client->peer.uid = who.uid;
	client->peer.pid = who.pid;
	client->peer.may_change = door->may_change;
	client->peer.sees_numbers = door->may_change || door->agency != NULL;
	client->peer.agency = door->agency;
	client->channel = channel_new(door->admin->base, fd, CONTROL_LIMIT,
	    &hooks, client);
	if (client->channel == NULL) {
		free(client);
		return;
	}
	client->idle = evtimer_new(door->admin->base, idle_cb, client);
	if (client->idle == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	door->n_clients++;
	LIST_INSERT_HEAD(&door->admin->clients, client, entry);
	client_waits(client);
}

/* Out of descriptors: stops accepting for a moment instead of spinning. */
static void
accept_error_cb(struct evconnlistener *listener, void *arg)
{
	const struct timeval again = {.tv_sec = ACCEPT_AGAIN_S};
	struct door *door = arg;

	log_warning("control_accept", "path=%s error=\"%s\"",
	    door->file.path, strerror(errno));
	(void)evconnlistener_disable(listener);
	(void)event_add(door->again, &again);
}

static void
again_cb(evutil_socket_t fd, short what, void *arg)
{
	struct door *door = arg;

	(void)fd;
	(void)what;
	(void)evconnlistener_enable(door->listener);
}

static int
door_open(struct door *door, const char *path, const char *group)
{
	if (*path == '\0')
		return 0;
	if (socket_file_open(&door->file, path, group) == -1)
		return -1;
	door->again = evtimer_new(door->admin->base, again_cb, door);
	door->listener = evconnlistener_new(door->admin->base, accept_cb,
	    door, LEV_OPT_CLOSE_ON_EXEC, 0, door->file.fd);
	if (door->listener == NULL || door->again == NULL) {
		log_error("socket_failed", "path=%s error=\"libevent refuses "
		    "it\"", path);
		return -1;
	}
	evconnlistener_set_error_cb(door->listener, accept_error_cb);
	return 0;
}

static void
door_close(struct door *door)
{
	if (door->listener != NULL)
		evconnlistener_free(door->listener);
	if (door->again != NULL)
		event_free(door->again);
	socket_file_close(&door->file);
	free(door->agency);
}

/* "/run/baotin/agency-H10.45.sock", beside the status socket. */
static int
door_open_agency(struct door *door, const struct conf *conf,
    const struct conf_agency *agency)
{
	const char *beside = *conf->admin.status_socket != '\0'
	    ? conf->admin.status_socket : conf->admin.socket;
	const char *slash = strrchr(beside, '/');
	int n = slash != NULL ? (int)(slash - beside) + 1 : 0, rc;
	char *path;

	if (*agency->group == '\0')
		return 0;
	door->agency = xstrdup(agency->id);
	path = xasprintf("%.*sagency-%s.sock", n, beside, agency->id);
	rc = door_open(door, path, agency->group);
	free(path);
	return rc;
}

/* 0, or -1 (logged). */
static int
doors_open(struct admin *admin, const struct conf *conf)
{
	admin->n_doors = 2 + conf->n_agencies;
	admin->doors = xcalloc(admin->n_doors, sizeof(*admin->doors));
	for (size_t i = 0; i < admin->n_doors; i++) {
		admin->doors[i].admin = admin;
		admin->doors[i].file.fd = -1;
	}
	admin->doors[0].may_change = true;
	if (door_open(&admin->doors[0], conf->admin.socket,
	    conf->admin.group) == -1 ||
	    door_open(&admin->doors[1], conf->admin.status_socket, NULL) ==
	    -1)
		return -1;
	for (size_t i = 0; i < conf->n_agencies; i++)
		if (door_open_agency(&admin->doors[2 + i], conf,
		    &conf->agencies[i]) == -1)
			return -1;
	return 0;
}

struct admin *
admin_new(struct event_base *base, const struct conf *conf,
    struct redis *redis, const struct admin_hooks *hooks, void *arg)
{
	struct admin *admin = xcalloc(1, sizeof(*admin));

	admin->base = base;
	admin->hooks = *hooks;
	admin->tools.redis = redis;
	admin->tools.hooks = &admin->hooks;
	admin->tools.arg = arg;
	if (doors_open(admin, conf) == -1) {
		admin_free(admin);
		return NULL;
	}
	admin->history = history_new(base, &admin->tools);
	(void)admin_http_new(base, conf, &admin->tools, &admin->http);
	return admin;
}

void
admin_reload(struct admin *admin)
{
	admin_http_reload(admin->http);
}

int
admin_queue(const struct admin *admin, struct admin_queue *out)
{
	return history_queue(admin->history, out);
}

void
admin_free(struct admin *admin)
{
	struct client *client;

	if (admin == NULL)
		return;
	admin_http_free(admin->http);
	history_free(admin->history);
	while ((client = LIST_FIRST(&admin->clients)) != NULL)
		client_free(client);
	requests_orphan(&admin->tools);
	for (size_t i = 0; i < admin->n_doors; i++)
		door_close(&admin->doors[i]);
	free(admin->doors);
	free(admin);
}
