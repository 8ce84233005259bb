/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The five hooks through which hiredis asks an event loop for readiness.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/mem.h"
#include "redis/link.h"

struct link {
	redisAsyncContext *context;
	struct event *read, *write;
};

static void
on_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *link = arg;

	(void)fd;
	(void)what;
	redisAsyncHandleRead(link->context);
}

static void
on_writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct link *link = arg;

	(void)fd;
	(void)what;
	redisAsyncHandleWrite(link->context);
}

static void
add_read_cb(void *arg)
{
	event_add(((struct link *)arg)->read, NULL);
}

static void
del_read_cb(void *arg)
{
	event_del(((struct link *)arg)->read);
}

static void
add_write_cb(void *arg)
{
	event_add(((struct link *)arg)->write, NULL);
}

static void
del_write_cb(void *arg)
{
	event_del(((struct link *)arg)->write);
}

static void
cleanup_cb(void *arg)
{
	struct link *link = arg;

	event_free(link->read);
	event_free(link->write);
	free(link);
}

redisAsyncContext *
link_connect(const char *address)
{
	char host[128];
	const char *colon;
	size_t n;

	if (strncmp(address, "unix:", 5) == 0)
		return redisAsyncConnectUnix(address + 5);
	colon = strrchr(address, ':');
	if (colon == NULL)
		return redisAsyncConnect(address, 6379);
	n = (size_t)(colon - address);
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	(void)snprintf(host, sizeof(host), "%.*s", (int)n, address);
	return redisAsyncConnect(host, (int)strtol(colon + 1, NULL, 10));
}

int
link_attach(redisAsyncContext *context, struct event_base *base)
{
	struct link *link;

	if (context->ev.data != NULL)
		return -1;
	link = xcalloc(1, sizeof(*link));
	link->context = context;
	link->read = event_new(base, context->c.fd, EV_READ | EV_PERSIST,
	    on_readable_cb, link);
	link->write = event_new(base, context->c.fd, EV_WRITE, on_writable_cb,
	    link);
	if (link->read == NULL || link->write == NULL)
		abort();
	context->ev.addRead = add_read_cb;
	context->ev.delRead = del_read_cb;
	context->ev.addWrite = add_write_cb;
	context->ev.delWrite = del_write_cb;
	context->ev.cleanup = cleanup_cb;
	context->ev.data = link;
	return 0;
}
