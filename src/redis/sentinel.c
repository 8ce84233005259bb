/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection per question: sentinels come and go in the same troubles that
 * make us ask.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "redis/link.h"
#include "redis/sentinel.h"

#define ANSWER_MS 1000	/* for one sentinel, connecting included */

struct sentinel {
	struct event_base *base;
	const struct conf *conf;
	sentinel_found *found;
	void *arg;
	struct event *timer;
	redisAsyncContext *context;	/* NULL: no question is open */
	size_t n;			/* how many there are */
	size_t first;			/* the one that answered last time */
	size_t tried;			/* in this search */
	bool is_unknown;		/* one does not know the master */
	char trouble[160];		/* the reason of the last failure */
};

static const char *
present(const struct sentinel *sentinel)
{
	return sentinel->conf->redis.sentinels[
	    (sentinel->first + sentinel->tried) % sentinel->n];
}

static void
drop_sentinel(struct sentinel *sentinel)
{
	redisAsyncContext *context = sentinel->context;

	sentinel->context = NULL;
	event_del(sentinel->timer);
	if (context != NULL) {
		context->data = NULL;
		redisAsyncFree(context);
	}
}

static void
give_up(struct sentinel *sentinel)
{
	char text[300];

	if (sentinel->is_unknown)
		(void)snprintf(text, sizeof(text), "no sentinel knows a "
		    "master %s", sentinel->conf->redis.master);
	else
		(void)snprintf(text, sizeof(text), "no sentinel answers "
		    "(%s)", sentinel->trouble);
	sentinel->found(NULL, text, sentinel->arg);
}

static void
arm(struct sentinel *sentinel, int ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	event_add(sentinel->timer, &tv);
}

/* The event loop asks the next one, because hiredis is still at work here. */
static void
go_on(struct sentinel *sentinel, const char *why)
{
	(void)snprintf(sentinel->trouble, sizeof(sentinel->trouble),
	    "%s: %s", present(sentinel), why);
	log_debug("sentinel", "address=%s reason=\"%s\"", present(sentinel),
	    why);
	sentinel->tried++;
	arm(sentinel, 0);
}

/* RESP: [host, port], nil for a name it does not know. */
static void
on_answer_cb(redisAsyncContext *context, void *data, void *arg)
{
	struct sentinel *sentinel = context->data;
	const redisReply *reply = data;
	char address[300];

	(void)arg;
	if (sentinel == NULL || reply == NULL)
		return;		/* the disconnect reports it */
	drop_sentinel(sentinel);
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
	    reply->element[0]->type == REDIS_REPLY_STRING &&
	    reply->element[1]->type == REDIS_REPLY_STRING) {
		const char *host = reply->element[0]->str;
		bool is_v6 = strchr(host, ':') != NULL;

		(void)snprintf(address, sizeof(address), "%s%s%s:%s",
		    is_v6 ? "[" : "", host, is_v6 ? "]" : "",
		    reply->element[1]->str);
		sentinel->first = (sentinel->first + sentinel->tried) %
		    sentinel->n;
		sentinel->found(address, NULL, sentinel->arg);
		return;
	}
	if (reply->type == REDIS_REPLY_NIL)
		sentinel->is_unknown = true;
	go_on(sentinel, reply->type == REDIS_REPLY_ERROR ? reply->str
	    : reply->type == REDIS_REPLY_NIL ? "does not know this master"
	    : "an answer that is none");
}

static void
on_lost(struct sentinel *sentinel, const redisAsyncContext *context)
{
	sentinel->context = NULL;	/* hiredis frees it after this call */
	event_del(sentinel->timer);
	go_on(sentinel, context->errstr[0] != '\0' ? context->errstr
	    : "connection refused");
}

static void
on_connect_cb(const redisAsyncContext *context, int status)
{
	if (context->data != NULL && status != REDIS_OK)
		on_lost(context->data, context);
}

static void
on_disconnect_cb(const redisAsyncContext *context, int status)
{
	(void)status;
	if (context->data != NULL)
		on_lost(context->data, context);
}

static void
ask_next(struct sentinel *sentinel)
{
	redisAsyncContext *context;

	if (sentinel->tried == sentinel->n) {
		give_up(sentinel);
		return;
	}
	context = link_connect(present(sentinel));
	if (context == NULL || context->err) {
		go_on(sentinel, context != NULL ? context->errstr
		    : "out of memory");
		if (context != NULL)
			redisAsyncFree(context);
		return;
	}
	context->data = sentinel;
	sentinel->context = context;
	if (link_attach(context, sentinel->base) == -1)
		abort();
	redisAsyncSetConnectCallback(context, on_connect_cb);
	redisAsyncSetDisconnectCallback(context, on_disconnect_cb);
	redisAsyncCommand(context, on_answer_cb, NULL,
	    "SENTINEL get-master-addr-by-name %s",
	    sentinel->conf->redis.master);
	arm(sentinel, ANSWER_MS);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct sentinel *sentinel = arg;

	(void)fd;
	(void)what;
	if (sentinel->context != NULL) {
		drop_sentinel(sentinel);
		go_on(sentinel, "no answer");
	} else {
		ask_next(sentinel);
	}
}

void
sentinel_ask(struct sentinel *sentinel)
{
	sentinel_cancel(sentinel);
	sentinel->tried = 0;
	sentinel->is_unknown = false;
	arm(sentinel, 0);
}

void
sentinel_cancel(struct sentinel *sentinel)
{
	if (sentinel != NULL)
		drop_sentinel(sentinel);
}

struct sentinel *
sentinel_new(struct event_base *base, const struct conf *conf,
    sentinel_found *found, void *arg)
{
	struct sentinel *sentinel;

	if (conf->redis.sentinels[0] == NULL)
		return NULL;
	sentinel = xcalloc(1, sizeof(*sentinel));
	sentinel->base = base;
	sentinel->conf = conf;
	sentinel->found = found;
	sentinel->arg = arg;
	while (conf->redis.sentinels[sentinel->n] != NULL)
		sentinel->n++;
	sentinel->timer = evtimer_new(base, on_timer_cb, sentinel);
	if (sentinel->timer == NULL)
		abort();
	return sentinel;
}

void
sentinel_free(struct sentinel *sentinel)
{
	if (sentinel == NULL)
		return;
	sentinel_cancel(sentinel);
	event_free(sentinel->timer);
	free(sentinel);
}
