/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who may ask by HTTP: tokens and networks.
 *
 * owns: hashes of the tokens, never the tokens.
 * promises: how long a comparison takes says nothing about any token.
 */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include <stdbool.h>

struct http_guard;
struct sockaddr;

/* Reads the files of tokens, a list that ends in NULL. allow: networks, such
 * a list too. key: which one of the configuration names the files. NULL: one
 * can't be used (logged). */
struct http_guard *http_guard_new(char *const *token_files,
    char *const *allow, const char *key);
void http_guard_free(struct http_guard *);

/* No token is wanted. */
bool http_guard_is_open(const struct http_guard *);

/* token: NULL when none was given. */
bool http_guard_knows(const struct http_guard *, const char *token);

/* An IPv4 address that came by IPv6 (::ffff:a.b.c.d) is one of IPv4. */
bool http_guard_allows(const struct http_guard *, const struct sockaddr *);

#endif
