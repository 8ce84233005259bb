/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ties a hiredis context to libevent. The adapter of hiredis 0.14 leaks its
 * events; this one owns and frees them.
 */
#ifndef REDIS_LINK_H
#define REDIS_LINK_H

struct event_base;
struct redisAsyncContext;

/* Connects to "unix:/path", "host:port" or "[v6]:port". Returns NULL, or a
 * context that belongs to the caller until it is attached; see its err. */
struct redisAsyncContext *link_connect(const char *address);

/* Returns 0 or -1. Everything is freed when hiredis frees the context. */
int link_attach(struct redisAsyncContext *, struct event_base *);

#endif
