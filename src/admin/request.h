/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One request: its bytes, its queries to Redis, its answer. Does not know
 * sockets or commands; cmd.h runs it.
 *
 * A request lives until it is answered, even longer than its client.
 */
#ifndef ADMIN_REQUEST_H
#define ADMIN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "admin/admin.h"
#include "ipc/commands.h"
#include "redis/script.h"

/* The tools of all commands. */
struct admin_tools {
	struct redis *redis;
	const struct admin_hooks *hooks;
	void *arg;
	LIST_HEAD(, admin_request) requests;	/* the open ones */
};

struct admin_peer {
	uid_t uid;
	pid_t pid;
	bool may_change;	/* came in by the control socket */
	bool sees_numbers;	/* and texts */
	const char *agency;	/* NULL: may read of all; else of this one
				 * only (admin/own.h). Borrowed */
};

typedef void request_answered(const char *answer, size_t n, void *arg);
typedef void request_got(struct admin_request *, const json_t *reply);

struct admin_request {
	LIST_ENTRY(admin_request) entry;
	struct admin_tools *tools;	/* NULL: the daemon is stopping */
	struct admin_peer peer;
	const struct command *command;
	char **words;			/* owned */
	size_t n_words;
	char *const *args;		/* within words */
	size_t n_args;
	json_t *rows;			/* of two commands, owned; or NULL */
	request_answered *on_answer;	/* NULL: the client is gone */
	void *arg;
	request_got *on_got;		/* for the open query */
	bool takes_errors;		/* on_got gets NULL for an error */
	json_t *state;			/* the command's own, owned */
};

/* Returns NULL when the bytes are no request. */
struct admin_request *request_new(struct admin_tools *,
    const struct admin_peer *, const uint8_t *payload, size_t n,
    request_answered *, void *arg);
/* The client is gone: the answer goes nowhere. */
void request_forget(struct admin_request *);
/* The daemon stops: open requests lose their tools and their clients. */
void requests_orphan(struct admin_tools *);

const struct conf *request_conf(const struct admin_request *);

/* A row of the request as name, value, name, value …; the caller frees it. */
json_t *request_flat(json_t *row);

/* Fails with a result beside the sentence. Takes result. */
void request_fail_with(struct admin_request *, int status, json_t *result,
    const char *sentence);

/* One query to Redis at a time; words as in redis_query(). If Redis is away or
 * answers with an error, the request fails and on_got is not called, unless
 * takes_errors is set. */
void request_query(struct admin_request *, request_got *on_got, size_t n,
    const char *const *words);
/* The same for a function of our library; takes args. */
void request_call(struct admin_request *, request_got *on_got, enum script,
    struct call_words args);

#endif
