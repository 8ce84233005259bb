/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Events by HTTP, for software without a Redis client: POST <path> with a JSON
 * object, or an array of them, each with the fields of an event.
 *
 * owns: the listening socket, and the requests that have no answer yet.
 * promises: an item that is answered as taken is in the stream of
 *	events, where the reader finds it like any other. An item that can't
 *	be an event is refused at once, with field and error, and is not put
 *	there. Nobody without a token, or from another network, can put
 *	anything there.
 *
 * The answer is {"taken": n, "refused": n, "items": [{"entry": its id in the
 * stream} or {"field", "error"}, …]}, in the order of the request. 200: all
 * were taken, 207: some, 422: none. 400 and 413: no item was looked at; error
 * says why. 503: Redis took none, or it is unknown. Send it again: an item with
 * the field event or at is not taken twice.
 */
#ifndef INTAKE_HTTP_H
#define INTAKE_HTTP_H

#include <jansson.h>

#define INTAKE_HTTP_ITEMS 500	/* in one request */

struct conf;
struct event_base;
struct intake_http;
struct redis;

/* fields: name, value, name, value …. Returns NULL when this may be an event;
 * else {"field", "error"}, which the caller owns. */
typedef json_t *intake_http_check(const json_t *fields, void *arg);

/* Can the tokens of intake.http be read? Checked also when it is off. Returns 0
 * or -1 (logged). */
int intake_http_check_conf(const struct conf *);

/* Returns 0, with *out NULL when intake.http.listen is ""; or -1 (logged) when
 * the address can't be used or a token can't be read. Borrows all. */
int intake_http_new(struct event_base *, const struct conf *, struct redis *,
    intake_http_check *, void *arg, struct intake_http **out);
/* Answers open requests with 503. NULL is allowed. To be called after
 * redis_stop(), which ends the open requests to Redis. */
void intake_http_free(struct intake_http *);

/* The configuration has changed: reads tokens and networks again. If that fails
 * (logged), the old ones stay. NULL is allowed. */
void intake_http_reload(struct intake_http *);

#endif
