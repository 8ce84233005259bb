/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Connects worker/send.h to the modem, through libgammu.
 */
#ifndef WORKER_SUBMIT_H
#define WORKER_SUBMIT_H

/* The hooks' arg is the worker. */
extern const struct send_hooks submit_hooks;

#endif
