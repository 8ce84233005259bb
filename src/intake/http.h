/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Events by HTTP, for software that has no Redis client: POST <path> with a
 * JSON object, or an array of them, each with the fields of an event.
 *
 * owns: the listening socket, the requests that are not answered yet.
 * promises: what is answered as taken is in the stream of the events, where
 *	the reader finds it like any other; this shares nothing else with it.
 *	What can't be an event is told at once, with field and error, and not
 *	put there. Nobody without a token, or from elsewhere, puts anything.
 *
 * The answer is {"taken": n, "refused": n, "items": [{"entry": its id in the
 * stream} or {"field", "error"}, …]}, in the order of the request; 200: all
 * were taken, 207: some, 422: none. 400 and 413: no item was looked at, error
 * says why. 503: Redis took none or nobody knows; send it again: what has the
 * fields event or at is not taken twice.
 */
#ifndef INTAKE_HTTP_H
#define INTAKE_HTTP_H

#include <jansson.h>

#define INTAKE_HTTP_ITEMS 500	/* of a request */

struct conf;
struct event_base;
struct intake_http;
struct redis;

/* fields: name, value, name, value …. NULL: this may be an event; else
 * {"field", "error"}, taken. */
typedef json_t *intake_http_check(const json_t *fields, void *arg);

/* Can the tokens of intake.http be read? Also when it is off. 0 or -1
 * (logged). */
int intake_http_check_conf(const struct conf *);

/* 0, *out NULL when intake.http.listen is ""; -1: the address can't be had or
 * a token can't be read (logged). Borrows all. */
int intake_http_new(struct event_base *, const struct conf *, struct redis *,
    intake_http_check *, void *arg, struct intake_http **out);
/* Open requests are answered with 503. NULL is allowed. After redis_stop(),
 * which ends what was asked of Redis. */
void intake_http_free(struct intake_http *);

/* The configuration's contents are new: tokens and networks are read again;
 * when that fails (logged) the old ones stay. NULL is allowed. */
void intake_http_reload(struct intake_http *);

#endif
