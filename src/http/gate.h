/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The door of a listening socket: not too many connections at a time, none
 * that keeps its place without asking.
 *
 * promises: at most HTTP_CONNECTIONS, and half of what the process may
 *	open, are open; who comes beyond waits in the kernel's queue. One
 *	that completed no request for HTTP_IDLE_MS, however slowly it sends,
 *	is ended.
 */
#ifndef HTTP_GATE_H
#define HTTP_GATE_H

#include "base/metric.h"

#define HTTP_CONNECTIONS 1000
#define HTTP_IDLE_MS	 30000

struct event_base;
struct evconnlistener;
struct http_gate;

/* name: of the log lines. connections: the gauge of how many are open. */
struct http_gate *http_gate_new(struct event_base *, struct evconnlistener *,
    const char *name, enum metric connections);
void http_gate_free(struct http_gate *);

/* One more connection was accepted. */
void http_gate_accepted(struct http_gate *);

/* The connection on fd completed a request. */
void http_gate_asked(struct http_gate *, int fd);

#endif
