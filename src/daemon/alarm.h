/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Alarms: told once when they come and once when they go, in the log and in
 * the alarms stream.
 */
#ifndef DAEMON_ALARM_H
#define DAEMON_ALARM_H

#include <stdbool.h>

#include <jansson.h>

struct alarms;
struct store;

struct alarms *alarms_new(struct store *);
void alarms_free(struct alarms *);

/* name: a stable word ("quota_day"); about: the modem or agency it is of, or
 * "". level: "warning" or "critical". text: a sentence for the operator. */
void alarm_set(struct alarms *, const char *name, const char *about,
    bool is_raised, const char *level, const char *text);

/* Raises it, also when it is raised with another text. */
void alarm_change(struct alarms *, const char *name, const char *about,
    const char *level, const char *text);

/* Clears all of this name. */
void alarms_end(struct alarms *, const char *name, const char *text);

/* Clears all that is about it: it does not exist any more. */
void alarms_forget(struct alarms *, const char *about);

/* Those that are raised: an array of objects, the caller's. */
json_t *alarms_list(const struct alarms *);

#endif
