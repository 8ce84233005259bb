/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the running daemon shows to the operators' commands.
 */
#ifndef DAEMON_VIEW_H
#define DAEMON_VIEW_H

struct admin_hooks;

extern const struct admin_hooks view_admin_hooks;

#endif
