/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Questions by USSD through the gateway of an operator or aggregator. It posts
 * what a phone typed, and shows our answer on the phone (ussd.http.profile;
 * "africastalking").
 *
 * owns: the listening socket, and the requests that have no answer yet.
 * promises: an answer within HTTP_DEADLINE_MS, even if it is only a
 *	polite end. Nobody without a token, or from another network, learns
 *	anything. No log has tokens, texts or whole numbers.
 */
#ifndef LOOKUP_HTTP_H
#define LOOKUP_HTTP_H

#include "lookup/lookup.h"

#define HTTP_DEADLINE_MS 1900 /* the gateway's two seconds, less transit */
#define HTTP_BODY_MAX	 4096

struct conf;
struct event_base;
struct lookup_http;

/* Can the tokens of ussd.http be read? Checked also when it is off. Returns 0
 * or -1 (logged). */
int lookup_http_check(const struct conf *);

/* Returns 0, with *out NULL when ussd.http.listen is ""; or -1 (logged) when
 * the address can't be used or a token can't be read. Borrows all. */
int lookup_http_new(struct event_base *, const struct conf *,
    struct lookup *, struct lookup_http **out);
/* Open requests get an answer that ends the dialogue. NULL is allowed. To be
 * called before lookup_free(). */
void lookup_http_free(struct lookup_http *);

/* The configuration has changed: reads tokens and networks again. If that fails
 * (logged), the old ones stay. NULL is allowed. */
void lookup_http_reload(struct lookup_http *);

#endif
