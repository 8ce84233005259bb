/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What operators and their tools see by HTTP (admin.http): metrics, health and
 * the status page. All of it is read-only.
 */
#ifndef ADMIN_HTTP_H
#define ADMIN_HTTP_H

struct admin_http;
struct admin_tools;
struct conf;
struct event_base;

/* Returns 0, with *out NULL when admin.http is ""; or -1 (logged) when the
 * address can't be used or a token can't be read. Borrows all. */
int admin_http_new(struct event_base *, const struct conf *,
    struct admin_tools *, struct admin_http **out);
/* Open requests get 503. NULL is allowed. */
void admin_http_free(struct admin_http *);

/* Can the tokens of this configuration be read? 0 or -1 (logged). */
int admin_http_check(const struct conf *);
/* Takes tokens and networks as they are now. NULL is allowed. */
void admin_http_reload(struct admin_http *);

#endif
