/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Converts keys of an older release to this layout (migrate.lua), on a
 * connection that nobody uses yet. Meanwhile nothing is leased or taken in.
 */
#ifndef REDIS_MIGRATION_H
#define REDIS_MIGRATION_H

#include <stdbool.h>

struct conf;
struct redisAsyncContext;

/* text: a sentence for operators. */
typedef void migration_progress(const char *text, void *arg);

/* error: NULL when all keys are converted; is_lost: the context is gone. */
typedef void migration_done(const char *error, bool is_lost, void *arg);

/* Frees itself. Calls progress after each step, and done once. */
void migration_start(struct redisAsyncContext *, const struct conf *,
    migration_progress *, migration_done *, void *arg);

#endif
