/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls of the library's functions (calls.def), each one atomic transition.
 */
#ifndef REDIS_SCRIPT_H
#define REDIS_SCRIPT_H

#include <jansson.h>

#include "redis/calls.h"
#include "redis/redis.h"

struct conf;

enum script {
#define CONSTANT(NAME, name, right) SCRIPT_##NAME,
	CALLS(CONSTANT)
#undef CONSTANT
};

const char *script_name(enum script);

/* result: the object that the function answered, borrowed, for
 * NAME_result_read(); NULL with error. A fault of the function itself is logged
 * here. */
typedef void script_done(const json_t *result, const char *error, void *arg);

/* At most so many calls go to Redis in one FCALL. */
#define SCRIPT_BATCH 128

/* Takes args, from NAME_words(). conf must outlive the answer. */
void call_run(struct redis *, const struct conf *, enum script,
    struct call_words args, script_done *, void *arg);

/* The same for functions that answer with arrays: the reply as it is. */
void call_raw(struct redis *, const struct conf *, enum script,
    struct call_words args, redis_reply *, void *arg);

/* The same, and sent even while Redis refuses writes, to see whether it still
 * does. */
void call_probe(struct redis *, const struct conf *, enum script,
    struct call_words args, redis_reply *, void *arg);

#endif
