/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Lua scripts: each is one atomic transition. They are called by digest
 * and sent whole when the server does not know them (a restart, a
 * failover).
 */
#ifndef REDIS_SCRIPT_H
#define REDIS_SCRIPT_H

#include <jansson.h>

#include "redis/redis.h"

enum script {
	SCRIPT_ACCEPT,
	SCRIPT_ADOPT,
	SCRIPT_ALARM,
	SCRIPT_ANSWER,
	SCRIPT_ASK,
	SCRIPT_ASKED,
	SCRIPT_CONTROL,
	SCRIPT_FORGET,
	SCRIPT_HEAR,
	SCRIPT_HEARD,
	SCRIPT_INSTANCE,
	SCRIPT_KEEP,
	SCRIPT_LEASE,
	SCRIPT_RECOVER,
	SCRIPT_REJECT,
	SCRIPT_REPORT,
	SCRIPT_RETIRE,
	SCRIPT_SEND,
	SCRIPT_SETTLE,
	SCRIPT_SWEEP,
	SCRIPT_TAKE,
	SCRIPT_WALK,
	SCRIPT_WISH,
	SCRIPT_END,
};

const char *script_name(enum script);

/* result: the object the script returned, borrowed; NULL with error. A
 * script's own fault is logged here. */
typedef void script_done(const json_t *result, const char *error, void *arg);

/* Tells the server all scripts, so that none of what follows comes late by a
 * NOSCRIPT and out of its order. */
void script_load_all(struct redis *);

/* Takes args. */
void script_run(struct redis *, const struct conf *, enum script,
    json_t *args, script_done *, void *arg);

#endif
