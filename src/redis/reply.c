/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Translates replies, so that no other folder sees a redisReply.
 */
#include <hiredis/hiredis.h>

#include "redis/reply.h"

json_t *
reply_to_json(const redisReply *reply)
{
	json_t *list, *value;

	switch (reply->type) {
	case REDIS_REPLY_INTEGER:
		return json_integer(reply->integer);
	case REDIS_REPLY_ARRAY:
		list = json_array();
		for (size_t i = 0; i < reply->elements; i++)
			json_array_append_new(list,
			    reply_to_json(reply->element[i]));
		return list;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
		value = json_stringn(reply->str, (size_t)reply->len);
		return value != NULL ? value : json_null();
	default: /* REDIS_REPLY_NIL, and what RESP2 does not have */
		return json_null();
	}
}
