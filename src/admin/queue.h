/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What waits in Redis. One call reads all of it, so that the sums fit each
 * other.
 */
#ifndef ADMIN_QUEUE_H
#define ADMIN_QUEUE_H

#include "admin/request.h"

/* The arguments of the call `queue`. */
struct call_words queue_args(const struct conf *);

/* on_got gets Redis' reply, for the two functions below. */
void queue_query(struct admin_request *, request_got *on_got);

/* {"events": {…}, "ready": n, …, "pools": [{…}], "held": [{…}]} and the answer
 * of the hook waiting, which is taken. */
json_t *queue_view(const json_t *reply, json_t *waiting);

/* The sums over all pools, and the oldest message that is ready. */
json_t *queue_totals(const json_t *reply);

#endif
