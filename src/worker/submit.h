/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The modem for worker/send.h, through libgammu.
 */
#ifndef WORKER_SUBMIT_H
#define WORKER_SUBMIT_H

/* arg of the hooks: the worker. */
extern const struct send_hooks submit_hooks;

#endif
