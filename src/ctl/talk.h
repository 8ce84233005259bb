/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One question to the daemon and its answer, over a unix socket, waiting.
 */
#ifndef CTL_TALK_H
#define CTL_TALK_H

#include <stddef.h>

#include "ipc/control.h"

/* A connected socket, or -1 with errno set (also ENAMETOOLONG). */
int talk_open(const char *path);

/* Sends the words, and rows when not NULL, and waits for the answer, at
 * most timeout_ms. 0 with *answer filled, or -1 with a sentence in error.
 * Closes fd. */
int talk(int fd, const char *const *words, size_t n, const json_t *rows,
    int timeout_ms, struct control_answer *answer, char *error,
    size_t error_size);

#endif
