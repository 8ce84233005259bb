/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libgammu's state machine. It is made once and never rebuilt in this process.
 */
#ifndef WORKER_MACHINE_H
#define WORKER_MACHINE_H

struct worker;

/* Opens the modem and finds its descriptor. Returns 0, or -1: logged, and the
 * worker has failed with a reason. tick: called while a call waits for the
 * modem. */
int machine_open(struct worker *, void (*tick)(void *worker));
/* Fills READY; the strings are inside *ready until proto_clear(). */
struct proto;
void machine_describe(struct worker *, struct proto *ready);

/* The SIM stores status reports from now on: nobody listens until the next
 * worker, which reads them there. Nothing may be on the air. */
void machine_leave(struct worker *);
void machine_close(struct worker *);

#endif
