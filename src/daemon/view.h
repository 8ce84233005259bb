/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the operators' commands see of the running daemon.
 */
#ifndef DAEMON_VIEW_H
#define DAEMON_VIEW_H

struct admin_hooks;

extern const struct admin_hooks view_admin_hooks;

#endif
