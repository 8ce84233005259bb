/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of the store share.
 */
#ifndef REDIS_INSIDE_H
#define REDIS_INSIDE_H

#include <stdbool.h>

#include <jansson.h>

#include "redis/script.h"
#include "redis/store.h"

struct conf;
struct keyhash;
struct redis;

struct store {
	struct redis *redis;
	const struct conf *conf;
	const struct keyhash *keyhash;
	char token[40];		/* by which the gateway's name is ours */
	char epoch[120];	/* of the data, at the last heartbeat */
	char cursor[24];	/* of sweep's look at all records */
	bool has_cleaned;	/* old libraries, since it connected */
};

/* A member of a script's answer; "" when it is not there. Borrowed. */
const char *store_word(const json_t *object, const char *name);

/* These messages, {{id, phone}, …}, lose their text and their number. */
void store_retire(struct store *, const json_t *due);

/* Calls a function whose answer is a word, a message, a pool. Takes args. */
void store_run(struct store *, enum script, struct call_words args,
    store_done *, void *arg);

/* A new message as the functions want it. It borrows from the message, and
 * from variants, which must have room for VARIANTS_MAX. */
struct call_message store_message_args(const struct message *,
    struct call_variant *variants);

/* Adds the states that messages came to to the metrics. */
void store_count_states(const json_t *result);

#endif
