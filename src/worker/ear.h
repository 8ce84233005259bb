/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides which of the modem's lines libgammu gets to read, and keeps the
 * others for us.
 */
#ifndef WORKER_EAR_H
#define WORKER_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Starts on this descriptor: at the start of a line, and with no command
 * waiting for its answer. */
void ear_open(int fd);

/* The modem on this device does not echo, but libgammu recognises an answer by
 * the echo before it. From now on, what libgammu writes is put there as an
 * echo. */
void ear_lend_echo(const char *device);

/* Our own write(): makes no echo. Returns what write() returns. */
ssize_t ear_write(int fd, const void *data, size_t n);

/* Is there something that libgammu did not get? The next small read() of this
 * descriptor returns it, but poll() does not report it. */
bool ear_has_kept(int fd);

/* The same for a whole line. */
bool ear_has_line(int fd);

/* libgammu is about to submit a text (true), or has done so (false). */
void ear_expect_prompt(int fd, bool is_expected);
/* libgammu has not got the prompt yet, so it has written none of the text. */
bool ear_awaits_prompt(int fd);
/* From now on libgammu gets no prompt, so it writes no text. */
void ear_refuse_prompt(int fd);

#endif
