/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of the store share.
 */
#ifndef REDIS_INSIDE_H
#define REDIS_INSIDE_H

#include <jansson.h>

struct conf;
struct redis;

struct store {
	struct redis *redis;
	const struct conf *conf;
	char token[40];		/* by which the gateway's name is ours */
};

/* A member of a script's answer; "" when it is not there. Borrowed. */
const char *store_word(const json_t *object, const char *name);

/* Adds the states that messages came to to the metrics. */
void store_count_states(const json_t *result);

#endif
