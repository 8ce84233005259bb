/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * hiredis replies as JSON values.
 */
#ifndef REDIS_REPLY_H
#define REDIS_REPLY_H

#include <jansson.h>

struct redisReply;

/* The caller owns the result. A string that is not UTF-8 becomes null; an error
 * inside an array becomes its text. */
json_t *reply_to_json(const struct redisReply *);

#endif
