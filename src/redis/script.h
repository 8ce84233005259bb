/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The functions of the library (calls.def), each one atomic transition.
 */
#ifndef REDIS_SCRIPT_H
#define REDIS_SCRIPT_H

#include <jansson.h>

#include "redis/calls.def"
#include "redis/redis.h"

enum script {
#define CONSTANT(NAME, name, right) SCRIPT_##NAME,
	CALLS(CONSTANT)
#undef CONSTANT
};

const char *script_name(enum script);

/* result: the object the script returned, borrowed; NULL with error. A
 * script's own fault is logged here. */
typedef void script_done(const json_t *result, const char *error, void *arg);

/* Takes args. */
void script_run(struct redis *, const struct conf *, enum script,
    json_t *args, script_done *, void *arg);

/* The same, for the functions that answer in arrays: the reply as it is. */
void script_call(struct redis *, const struct conf *, enum script,
    json_t *args, redis_reply *, void *arg);

/* The same, also while Redis refuses writes: to see whether it still does. */
void script_probe(struct redis *, const struct conf *, enum script,
    json_t *args, redis_reply *, void *arg);

#endif
