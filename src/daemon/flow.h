/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a message: the hooks of all stages.
 */
#ifndef DAEMON_FLOW_H
#define DAEMON_FLOW_H

struct daemon;
struct dispatch_hooks;
struct modem_hooks;
struct outbox_hooks;
struct reader_hooks;

extern const struct reader_hooks flow_reader_hooks;
extern const struct dispatch_hooks flow_dispatch_hooks;
extern const struct modem_hooks flow_modem_hooks;
extern const struct outbox_hooks flow_outbox_hooks;

/* Some messages move by time alone, such as those that expire. To be called
 * every few seconds. */
void flow_sweep(struct daemon *);

#endif
