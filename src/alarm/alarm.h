/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms that are raised: told once when they come, when somebody
 * acknowledges them, and when they go.
 *
 * owns: the file alarms.json in state_dir: what is raised, and what the
 *	alarms stream has not been told yet.
 * promises: an alarm outlives a restart of the daemon, and is raised and
 *	cleared while Redis is away, too; the stream hears of it later.
 * never does: look for causes (daemon/watch.c and the hooks of the parts do).
 */
#ifndef ALARM_ALARM_H
#define ALARM_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "alarm/table.h"

struct alarms;

/* Reads what an earlier run left in state_dir, if there is any. */
struct alarms *alarms_new(const char *state_dir);
void alarms_free(struct alarms *);

/* Says how things are now; may be said again and again. The row's raise_s and
 * clear_s decide when that is told. about: the modem, pool or agency it is
 * of, or "". text: a sentence, of what is so (is_raised) or of why it ended;
 * NULL: the row's. */
void alarm_set(struct alarms *, enum alarm_id, const char *about,
    bool is_raised, const char *text);

/* The same with another level than the row's; ALARM_NONE: it is not so. */
void alarm_set_level(struct alarms *, enum alarm_id, const char *about,
    enum alarm_level, const char *text);

/* Raises it, also when it is raised with another text. */
void alarm_change(struct alarms *, enum alarm_id, const char *about,
    const char *text);

/* Is it raised, about this? */
bool alarm_is_raised(const struct alarms *, enum alarm_id, const char *about);

/* Clears all of this kind, now. */
void alarms_end(struct alarms *, enum alarm_id, const char *text);

/* Clears all about which has() is false: there is no such modem, pool or
 * agency any more. */
typedef bool alarm_has(enum alarm_about, const char *about, void *arg);
void alarms_forget(struct alarms *, alarm_has *, void *arg);

/* Somebody knows of those of this kind (ALARM_END: of all), about this (NULL:
 * about anything). by: who, for the stream. How many were raised. */
unsigned alarms_ack(struct alarms *, enum alarm_id, const char *about,
    const char *by);

/* Time alone raises and clears; call it every few seconds. */
void alarms_tick(struct alarms *);

/* Lists the alarms that are raised, the oldest first: an array of objects, the
 * caller's: alarm level about text advice doc raised_at acked_at acked_by. */
json_t *alarms_list(const struct alarms *);

/* The oldest entry that the stream lacks: alarm level about text by at;
 * NULL: none. Borrowed. And: it has it now. */
const json_t *alarms_untold(const struct alarms *);
void alarms_told(struct alarms *);
/* For texts about it: when the last one was sent (wall clock), 0: none. */
int64_t alarm_texted_at(const struct alarms *, enum alarm_id,
    const char *about);
void alarm_texted(struct alarms *, enum alarm_id, const char *about,
    int64_t at);
/* The oldest one that ended before a text was sent about it: alarm about
 * raised_at ended_at; NULL: none. Borrowed. And: that is done. */
const json_t *alarms_missed(const struct alarms *);
void alarms_missed_told(struct alarms *);

/* Calls this when there is a new entry. */
typedef void alarms_news(void *arg);
void alarms_on_news(struct alarms *, alarms_news *, void *arg);

#endif
