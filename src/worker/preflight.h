/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first talk with the modem, before libgammu opens it: is it there, is it
 * the right one, which SIM is in it, is the SIM open.
 */
#ifndef WORKER_PREFLIGHT_H
#define WORKER_PREFLIGHT_H

struct worker;

enum preflight {
	PREFLIGHT_OK,
	PREFLIGHT_FAILED,	/* reason: for BYE */
	PREFLIGHT_LOCKED,	/* reason: for LOCKED, with *tries_left */
};

/* Fills worker->id and closes the tty again. Takes at most PREFLIGHT_MS. reason
 * is a static string. */
#define PREFLIGHT_MS 180000
enum preflight preflight_run(struct worker *, const char **reason,
    int *tries_left);

#endif
