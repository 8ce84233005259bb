/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Questions by USSD through an operator's or aggregator's gateway, which
 * posts what a phone typed and shows the phone what we answer
 * (ussd.http.profile; "africastalking").
 *
 * owns: the listening socket, the requests that are not answered yet.
 * promises: an answer within HTTP_DEADLINE_MS, be it a polite end; nobody
 *	without a token, or from elsewhere, learns anything. Tokens, texts
 *	and whole numbers are in no log.
 */
#ifndef LOOKUP_HTTP_H
#define LOOKUP_HTTP_H

#include "lookup/lookup.h"

#define HTTP_DEADLINE_MS 1900 /* the gateway's two seconds, less the way */
#define HTTP_BODY_MAX	 4096

struct conf;
struct event_base;
struct lookup_http;

/* Whether the tokens of ussd.http can be read; also when it is off. 0 or -1
 * (logged). */
int lookup_http_check(const struct conf *);

/* 0, *out NULL when ussd.http.listen is ""; -1: the address can't be had or
 * a token can't be read (logged). Borrows all. */
int lookup_http_new(struct event_base *, const struct conf *,
    struct lookup *, struct lookup_http **out);
/* Open requests get an answer that ends the dialogue. NULL is allowed. Before
 * lookup_free(). */
void lookup_http_free(struct lookup_http *);

/* The configuration's contents are new: tokens and networks are read again;
 * when that fails (logged) the old ones stay. NULL is allowed. */
void lookup_http_reload(struct lookup_http *);

#endif
