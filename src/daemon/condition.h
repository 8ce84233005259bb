/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The one reason why a modem is not well that an operator should see first:
 * its own state's, else what hinders one that is ready otherwise.
 */
#ifndef DAEMON_CONDITION_H
#define DAEMON_CONDITION_H

#include <stddef.h>

#include <jansson.h>

#include "ipc/health.h"

struct daemon;
struct modem;

#define CONDITION_DETAIL 220

/* HEALTH_WELL: nothing. detail: what stands for "{}" in its sentence. */
enum health_reason condition_of(const struct daemon *, const struct modem *,
    char detail[CONDITION_DETAIL]);

/* Sets "reason", a word of health.def, "trouble", that word with its
 * sentence, and "advice"; all "" when it is well. */
void condition_describe(const struct daemon *, const struct modem *,
    json_t *out);

/* Raises and clears the alarms of those reasons that have one here. Called
 * every few seconds. */
void condition_watch(const struct daemon *);

#endif
