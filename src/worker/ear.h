/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libgammu gets to read of the modem's line, and what is kept for us.
 */
#ifndef WORKER_EAR_H
#define WORKER_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Listens on this descriptor from now on, at the start of a line and with no
 * command waiting for its answer. */
void ear_open(int fd);

/* The modem on this device does not echo, and libgammu knows an answer by the
 * echo in front of it: what libgammu writes is put there from now on. */
void ear_lend_echo(const char *device);

/* For our own commands: like write(), and no echo is lent to them. */
ssize_t ear_write(int fd, const void *data, size_t n);

/* Is there something that libgammu did not get? The next small read() of
 * this descriptor returns it, but poll() does not tell of it. */
bool ear_has_kept(int fd);

/* The same of a whole line. */
bool ear_has_line(int fd);

/* libgammu is about to submit a text, or has done so. */
void ear_expect_prompt(int fd, bool is_expected);
/* It was given no prompt yet, so none of the text was written. */
bool ear_awaits_prompt(int fd);
/* From now on libgammu gets no prompt any more, so it writes no text. */
void ear_refuse_prompt(int fd);

#endif
