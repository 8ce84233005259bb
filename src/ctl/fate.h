/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What became of the events that an import made.
 */
#ifndef CTL_FATE_H
#define CTL_FATE_H

#include <stdbool.h>

#include "ipc/control.h"

/* Asks the daemon: 0 with *answer, or an exit status, told. */
typedef int fate_ask(const char *const *words, size_t n,
    struct control_answer *answer, void *arg);

/* Waits until it is known of each entry (an array of stream ids), or until
 * nothing more came for some seconds. An object for the caller to free:
 * entry to {"state", "reason", "field", …}, as the command outcome has it;
 * without those that are not known yet. */
json_t *fates_wait(const json_t *entries, fate_ask *, void *arg);

#endif
