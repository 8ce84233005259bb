/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A PIN that an operator types (baotinctl pin).
 */
#ifndef DAEMON_PIN_H
#define DAEMON_PIN_H

struct admin_request;

/* For admin_hooks; arg: the daemon. */
void pin_enter(const char *modem, const char *pin, struct admin_request *,
    void *arg);

#endif
