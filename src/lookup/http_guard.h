/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who may ask by HTTP: tokens and networks.
 *
 * owns: hashes of the tokens, never the tokens.
 * promises: how long a comparison takes says nothing about any token.
 */
#ifndef LOOKUP_HTTP_GUARD_H
#define LOOKUP_HTTP_GUARD_H

#include <stdbool.h>

struct conf;
struct http_guard;
struct sockaddr;

/* Reads the files of ussd.http.token_files. NULL: one can't be used
 * (logged). */
struct http_guard *http_guard_new(const struct conf *);
void http_guard_free(struct http_guard *);

/* token: NULL when none was given. */
bool http_guard_knows(const struct http_guard *, const char *token);

/* An IPv4 address that came by IPv6 (::ffff:a.b.c.d) is one of IPv4. */
bool http_guard_allows(const struct http_guard *, const struct sockaddr *);

#endif
