/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A listening HTTP socket: libevent's evhttp with limits, and with a guard
 * that says who may ask.
 *
 * owns: the socket, its connections, the guard.
 * promises: a request of an address that is not allowed is answered with 403
 *	before anybody else sees it.
 * never does: answer anything else, or look at tokens by itself.
 */
#ifndef HTTP_DOOR_H
#define HTTP_DOOR_H

#include <stdbool.h>

#include "base/metric.h"

struct event_base;
struct evhttp_request;
struct http_door;

#define HTTP_FORBIDDEN	    403
#define HTTP_NOT_ALLOWED    405
#define HTTP_TOKEN_HEADER   "X-Baotin-Token"

struct http_door_conf {
	const char *name;		/* of its log lines; "ussd" */
	const char *listen;		/* "127.0.0.1:9477", "[::1]:9477" */
	const char *listen_key;		/* of the configuration */
	char *const *token_files;	/* ends in NULL */
	const char *token_key;
	char *const *allow;		/* networks; ends in NULL */
	enum metric connections;	/* gauge: how many are open */
};

/* A request that is allowed by its address; its answer is the callee's. */
typedef void http_door_request(struct evhttp_request *, void *arg);
/* A request that the door refuses, just before it is answered. */
typedef void http_door_refused(struct evhttp_request *, int code,
    const char *reason, void *arg);

/* NULL: the address can't be had, or a token can't be read (logged). Texts
 * of the configuration are borrowed. */
struct http_door *http_door_new(struct event_base *,
    const struct http_door_conf *, http_door_request *, http_door_refused *,
    void *arg);
void http_door_free(struct http_door *);

/* Tokens and networks as they are now; when they can't be read (logged) the
 * old ones stay. */
void http_door_reload(struct http_door *, const struct http_door_conf *);

/* Can the tokens be read? 0 or -1 (logged). */
int http_door_check(const struct http_door_conf *);

/* Does the request show a token that we know, in its header or, given here,
 * from elsewhere? True without one when no token is wanted. */
bool http_door_knows(const struct http_door *, struct evhttp_request *,
    const char *token);

/* Headers that the answer gets, and the answer: a text that is copied. */
void http_door_answer(struct evhttp_request *, int code, const char *reason,
    const char *type, const char *text);

#endif
