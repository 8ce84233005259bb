/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The control socket from outside: a command per line, a JSON object per
 * line back.
 */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

/* A connection to the simulator in dir; -1: there is none (told). */
int client_connect(const char *dir);

/* The words, quoted where they must be, as one line; the caller frees. */
char *client_line(const char *const *words);

/* baotin-sim ctl: sends the words as one command and prints its answer.
 * Returns the exit status. */
int client_call(const char *dir, const char *const *words);

#endif
