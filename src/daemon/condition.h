/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The one reason why a modem is not well that an operator should see first: the
 * reason of its own state or, when it is ready, what else hinders it.
 */
#ifndef DAEMON_CONDITION_H
#define DAEMON_CONDITION_H

#include <stddef.h>

#include <jansson.h>

#include "ipc/health.h"

struct daemon;
struct modem;

#define CONDITION_DETAIL 220

/* HEALTH_WELL: the modem is well. detail: replaces "{}" in the sentence. */
enum health_reason condition_of(const struct daemon *, const struct modem *,
    char detail[CONDITION_DETAIL]);

/* Sets "reason" (a word of health.def), "trouble" (that word with its sentence)
 * and "advice". All are "" when the modem is well. */
void condition_describe(const struct daemon *, const struct modem *,
    json_t *out);

/* Raises and clears the alarms of the reasons that have one in this file. To be
 * called every few seconds. */
void condition_watch(const struct daemon *);

#endif
