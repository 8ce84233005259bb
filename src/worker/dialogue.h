/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last lines between worker and modem, to find the cause of a failure:
 * commands, settings and error numbers; no telephone number, no PIN, no text.
 * There is one buffer per process, because a process has one modem.
 */
#ifndef WORKER_DIALOGUE_H
#define WORKER_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/* Octets to the modem, and from it, as they come. */
void dialogue_said(const char *data, size_t n);
void dialogue_heard(const char *data, size_t n);

/* The last 24 lines, the newest last, "> " before ours and "< " before the
 * modem's, newlines between. The caller frees. */
char *dialogue_text(void);

/* From now on lines are gathered, too, at most some kilobytes; with words:
 * also those that no standard knows, as makers put them into the answer to
 * ATI. */
void dialogue_gather(bool with_words);
void dialogue_gather_end(void);
/* The lines gathered since the last call; the caller frees. */
char *dialogue_take(void);

#endif
