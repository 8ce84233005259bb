/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A framed channel over a bufferevent. Every callback into the owner may
 * free the channel: while one runs, is_calling keeps the memory, and the
 * function that called out frees it afterwards.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipc/channel.h"

struct channel {
	struct bufferevent *bev;
	size_t limit;
	struct channel_hooks hooks;
	void *arg;
	bool is_calling;	/* one of the owner's hooks is running */
	bool is_closed;		/* on_closed was or is being called */
	bool is_freed;		/* by the owner, from inside a hook */
};

static void
destroy(struct channel *c)
{
	bufferevent_free(c->bev);
	free(c);
}

/* Ends a stretch of calls to the owner; false when the channel is gone. */
static bool
survives_calls(struct channel *c)
{
	c->is_calling = false;
	if (!c->is_freed)
		return true;
	destroy(c);
	return false;
}

static void
closed(struct channel *c, const char *reason)
{
	if (c->is_closed)
		return;
	c->is_closed = true;
	(void)bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	c->is_calling = true;
	c->hooks.on_closed(c, reason, c->arg);
	(void)survives_calls(c);
}

/* Hands out the frame at the front; false when there is none, or when the
 * channel was closed or freed meanwhile. */
static bool
hand_out_frame(struct channel *c, struct evbuffer *in)
{
	uint8_t head[CHANNEL_HEAD];
	ev_ssize_t got = evbuffer_copyout(in, head, sizeof(head));
	size_t have = evbuffer_get_length(in), n;
	uint16_t type;

	if (got < (ev_ssize_t)sizeof(head))
		return false;
	switch (frame_peek(head, sizeof(head), c->limit, &type, &n)) {
	case FRAME_BAD:
		closed(c, n > c->limit ? "frame too long" : "wrong version");
		return false;
	case FRAME_WHOLE:
	case FRAME_PARTIAL:
		break;
	}
	if (have - sizeof(head) < n)
		return false;
	(void)evbuffer_drain(in, sizeof(head));
	c->is_calling = true;
	c->hooks.on_frame(c, type,
	    n > 0 ? evbuffer_pullup(in, (ev_ssize_t)n) : head, n, c->arg);
	if (!survives_calls(c))
		return false;
	(void)evbuffer_drain(in, n);
	return true;
}

static void
read_cb(struct bufferevent *bev, void *arg)
{
	struct channel *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	while (hand_out_frame(c, in))
		;
}

static void
event_cb(struct bufferevent *bev, short what, void *arg)
{
	int error = EVUTIL_SOCKET_ERROR();
	char reason[128] = "eof";

	(void)bev;
	if (what & BEV_EVENT_ERROR)
		(void)snprintf(reason, sizeof(reason), "error: %s",
		    evutil_socket_error_to_string(error));
	if (what & (BEV_EVENT_ERROR | BEV_EVENT_EOF))
		closed(arg, reason);
}

struct channel *
channel_new(struct event_base *base, int fd, size_t limit,
    const struct channel_hooks *hooks, void *arg)
{
	struct channel *c;
	struct bufferevent *bev;

	if (evutil_make_socket_nonblocking(fd) == -1 ||
	    evutil_make_socket_closeonexec(fd) == -1 ||
	    (bev = bufferevent_socket_new(base, fd,
	    BEV_OPT_CLOSE_ON_FREE)) == NULL) {
		log_error("channel_failed", "fd=%d error=\"%s\"", fd,
		    strerror(errno));
		(void)close(fd);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->bev = bev;
	c->limit = limit;
	c->hooks = *hooks;
	c->arg = arg;
	bufferevent_setcb(bev, read_cb, NULL, event_cb, c);
	/* The buffer keeps less than one frame. With room for one more frame
	 * reading goes on, and a flood waits in the kernel. */
	bufferevent_setwatermark(bev, EV_READ, 0, limit + CHANNEL_HEAD);
	(void)bufferevent_enable(bev, EV_READ | EV_WRITE);
	return c;
}

void
channel_free(struct channel *c)
{
	if (c == NULL)
		return;
	assert(!c->is_freed);
	if (c->is_calling) {
		c->is_freed = true;
		c->is_closed = true;
		(void)bufferevent_disable(c->bev, EV_READ | EV_WRITE);
		return;
	}
	destroy(c);
}

void
channel_send(struct channel *c, uint16_t type, const void *payload, size_t n)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	uint8_t head[CHANNEL_HEAD];

	if (c->is_closed)
		return;
	frame_head(head, type, n);
	if (evbuffer_add(out, head, sizeof(head)) == -1 ||
	    evbuffer_add(out, payload, n) == -1)
		abort(); /* out of memory: base/mem.h's rule */
}

size_t
channel_backlog(const struct channel *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}
