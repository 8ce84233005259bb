/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ties a hiredis context to libevent. hiredis 0.14 brings an adapter that
 * leaks its events; this one owns them and lets them go.
 */
#ifndef REDIS_LINK_H
#define REDIS_LINK_H

struct event_base;
struct redisAsyncContext;

/* To "unix:/path", "host:port" or "[v6]:port". NULL, or a context that is
 * the caller's until it is attached; see its err. */
struct redisAsyncContext *link_connect(const char *address);

/* 0 or -1. Everything is freed when hiredis frees the context. */
int link_attach(struct redisAsyncContext *, struct event_base *);

#endif
