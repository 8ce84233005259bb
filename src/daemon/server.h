/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Handles a Redis that comes, goes or reports a fault; and the repair pass.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

struct admin_request;
struct daemon;
struct redis_hooks;

extern const struct redis_hooks server_redis_hooks;

/* To be called every few seconds. Starts a repair pass after each opening of
 * the gate, after a fault, and once a day. */
void server_tick(struct daemon *);
void server_stop(struct daemon *);	/* after redis_stop() */

/* Starts a repair pass and answers the request when the pass has ended. */
void server_repair(struct admin_request *, void *daemon);

#endif
