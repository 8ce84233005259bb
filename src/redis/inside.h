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
	char token[40];		/* proves that the gateway's name is ours */
	char epoch[120];	/* the data's, at the last heartbeat */
	char cursor[24];	/* where sweep's look at all records goes on */
	bool has_cleaned;	/* old libraries were looked for */
};

/* A member of an answer; "" when it is missing. Borrowed. */
const char *store_word(const json_t *object, const char *name);

/* Removes text and number from these messages, {{id, phone}, …}. */
void store_retire(struct store *, const json_t *due);

/* Calls a function that answers with a result, a message and a pool. Takes
 * args. */
void store_run(struct store *, enum script, struct call_words args,
    store_done *, void *arg);

/* A new message as the functions want it. It borrows from the message, and from
 * variants, which must have room for VARIANTS_MAX. */
struct call_message store_message_args(const struct message *,
    struct call_variant *variants);

/* Adds the states that messages came to, to the metrics. */
void store_count_states(const json_t *result);

#endif
