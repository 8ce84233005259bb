/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every few seconds, tells Redis how this gateway is, for the status page of
 * any gateway, and what happened since the last time, for the plots.
 */
#ifndef ADMIN_HISTORY_H
#define ADMIN_HISTORY_H

struct admin_queue;
struct admin_tools;
struct event_base;
struct history;

struct history *history_new(struct event_base *, const struct admin_tools *);
/* See admin_queue(). */
int history_queue(const struct history *, struct admin_queue *);
/* NULL is allowed. */
void history_free(struct history *);

#endif
