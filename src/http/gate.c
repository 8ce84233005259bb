/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * evhttp (libevent 2.1) tells nobody that a connection came or went, has no
 * limit of them, and its timeout begins anew with every octet. So this looks
 * at the descriptors themselves, once a second: the sockets whose own
 * address is that of the listener are its connections.
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "http/gate.h"

#define LOOK_MS	  1000
#define FULL_MS	  50 /* while somebody may be waiting */
#define FILES_MAX 8192 /* descriptors above are not looked at */
#define MARGIN	  256  /* what others may open between two looks */

struct seen {
	ino_t inode; /* 0: no connection of ours */
	int64_t asked_ms; /* monotonic: its last request, or its coming */
};

struct http_gate {
	struct evconnlistener *listener;
	struct event *timer;
	struct sockaddr_storage address;
	struct seen *seen;
	unsigned open, most;
	int top;	/* descriptors below are looked at */
	bool is_shut;
	const char *name;
	enum metric connections;
};

static in_port_t
port_of(const struct sockaddr_storage *address)
{
	const void *any = address;
	const struct sockaddr_in6 *in6 = any;
	const struct sockaddr_in *in = any;

	return address->ss_family == AF_INET6 ? in6->sin6_port
					      : in->sin_port;
}

/* Is it a connection that came to our address? The listener itself has no
 * peer. */
static bool
is_ours(const struct http_gate *gate, int fd)
{
	struct sockaddr_storage own = {0}, peer;
	socklen_t n = sizeof(own), m = sizeof(peer);
	void *own_p = &own, *peer_p = &peer;

	return getsockname(fd, own_p, &n) == 0 &&
	    own.ss_family == gate->address.ss_family &&
	    port_of(&own) == port_of(&gate->address) &&
	    getpeername(fd, peer_p, &m) == 0;
}

static void
set_timer(struct http_gate *gate)
{
	static const struct timeval usual = {LOOK_MS / 1000, 0},
	    full = {0, FULL_MS * 1000};

	(void)event_add(gate->timer, gate->is_shut ? &full : &usual);
}

static void
shut(struct http_gate *gate, bool is_shut)
{
	if (is_shut == gate->is_shut)
		return;
	gate->is_shut = is_shut;
	set_timer(gate);
	if (is_shut) {
		(void)evconnlistener_disable(gate->listener);
		log_warning("http_full", "name=%s connections=%u",
		    gate->name, gate->open);
	} else {
		(void)evconnlistener_enable(gate->listener);
		log_info("http_room", "name=%s connections=%u", gate->name,
		    gate->open);
	}
}

static void
raise_top(struct http_gate *gate, int fd)
{
	if (fd + MARGIN > gate->top)
		gate->top = fd + MARGIN < FILES_MAX ? fd + MARGIN : FILES_MAX;
}

static void
look_at(struct http_gate *gate, int fd, int64_t now_ms)
{
	struct seen *seen = &gate->seen[fd];
	struct stat st;

	if (!is_ours(gate, fd) || fstat(fd, &st) != 0) {
		if (seen->inode != 0)
			seen->inode = 0;
		return;
	}
	gate->open++;
	raise_top(gate, fd);
	if (seen->inode != st.st_ino) {
		/* http_gate_asked() may have come before us. */
		if (seen->inode != 0 || seen->asked_ms < now_ms - 2000)
			seen->asked_ms = now_ms;
		seen->inode = st.st_ino;
	} else if (now_ms - seen->asked_ms > HTTP_IDLE_MS) {
		log_debug("http_idle", "name=%s fd=%d", gate->name, fd);
		(void)shutdown(fd, SHUT_RDWR);
		seen->asked_ms = now_ms;
	}
}

static void
look(struct http_gate *gate)
{
	int64_t now_ms = clock_mono_ms();

	gate->open = 0;
	for (int fd = 0; fd < gate->top; fd++)
		look_at(gate, fd, now_ms);
	metric_set(gate->connections, gate->open);
	shut(gate, gate->open >= gate->most);
}

static void
look_cb(evutil_socket_t nothing, short what, void *arg)
{
	(void)nothing;
	(void)what;
	look(arg);
}

struct http_gate *
http_gate_new(struct event_base *base, struct evconnlistener *listener,
    const char *name, enum metric connections)
{
	struct http_gate *gate = xcalloc(1, sizeof(*gate));
	socklen_t n = sizeof(gate->address);
	void *address = &gate->address;
	struct rlimit limit;

	gate->listener = listener;
	gate->name = name;
	gate->connections = connections;
	(void)getsockname(evconnlistener_get_fd(listener), address, &n);
	gate->most = HTTP_CONNECTIONS;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur / 2 < HTTP_CONNECTIONS)
		gate->most = (unsigned)limit.rlim_cur / 2;
	raise_top(gate, evconnlistener_get_fd(listener));
	gate->seen = xcalloc(FILES_MAX, sizeof(*gate->seen));
	gate->timer = event_new(base, -1, EV_PERSIST, look_cb, gate);
	set_timer(gate);
	return gate;
}

void
http_gate_free(struct http_gate *gate)
{
	if (gate == NULL)
		return;
	event_free(gate->timer);
	free(gate->seen);
	free(gate);
}

void
http_gate_accepted(struct http_gate *gate)
{
	/* Connections that ended since the last look are still counted, and
	 * the new one may have the highest descriptor. */
	if (gate->top < FILES_MAX)
		gate->top++;
	if (++gate->open >= gate->most)
		look(gate);
}

void
http_gate_asked(struct http_gate *gate, int fd)
{
	if (fd < 0 || fd >= FILES_MAX)
		return;
	raise_top(gate, fd);
	gate->seen[fd].asked_ms = clock_mono_ms();
}
