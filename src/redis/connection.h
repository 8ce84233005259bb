/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of a connection share: redis.c connects, query.c sends
 * commands.
 */
#ifndef REDIS_CONNECTION_H
#define REDIS_CONNECTION_H

#include <sys/queue.h>

#include <event2/util.h>

#include "redis/redis.h"

struct batch;
struct event;
struct redisAsyncContext;
struct sentinel;

#define CONNECTION_ANSWER_MS 10000 /* for a command, beyond its own blocking */

struct query {
	TAILQ_ENTRY(query) entry;
	struct redis *redis;
	redis_reply *done;
	void *arg;
	int64_t deadline_ms;
};
TAILQ_HEAD(queries, query);

struct redis {
	struct event_base *base;
	const struct conf *conf;
	const char *role;
	/* Gets each error that Redis answers: it may be about the server, not
	 * about this command. */
	void (*on_error)(struct redis *, const char *error);
	struct redis_hooks hooks;
	void *arg;
	struct redisAsyncContext *context;	/* NULL while waiting */
	struct sentinel *sentinel;	/* NULL: a fixed address */
	bool is_asking;			/* a sentinel, where to connect */
	char address[300];		/* the present or last address */
	char run_id[48];		/* of the server; "" not told */
	bool has_replicas;	/* when it connected */
	bool is_up;
	bool is_refusing;		/* up, and takes no writes */
	struct event *probe;		/* does it take writes again? */
	int64_t probe_ms;
	redis_probe *ask_probe;		/* after a SET; or NULL */
	void *probe_arg;
	int64_t writable_since_ms;
	int64_t refusing_since_ms;
	struct event *timer;		/* wait, connect or answer deadline */
	struct event *refuse;		/* answers queries made while down */
	struct queries open, refused;
	struct batch *batch;		/* not sent yet: script.c */
	struct event *flush;		/* sends it, by on_flush */
	void (*on_flush)(struct redis *); /* set while there is a batch */
	int64_t wait_ms;
	int64_t down_since_ms;
	unsigned tries;
	int64_t block_ms;
	json_t *warnings;
	char trouble[200];
	char refused_for[200];		/* the last refusal, maybe over */
};

void connection_arm(struct redis *, int64_t ms);

/* Answers, with an error, all that was asked and can't be sent. */
void connection_refuse_cb(evutil_socket_t, short, void *redis);

#endif
