/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The raised alarms. Each is reported once when it comes, when somebody
 * acknowledges it, and when it goes.
 *
 * owns: the file alarms.json in state_dir. It holds what is raised, and
 *	what the alarms stream has not got yet.
 * promises: an alarm outlives a restart of the daemon. It is raised and
 *	cleared while Redis is away, too; the stream gets it later.
 * never does: look for causes (daemon/watch.c and the hooks of the parts do).
 */
#ifndef ALARM_ALARM_H
#define ALARM_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "alarm/table.h"

struct alarms;

/* Reads what an earlier run left in state_dir, if there is anything. */
struct alarms *alarms_new(const char *state_dir);
void alarms_free(struct alarms *);

/* Reports the present state of a cause; may be called any number of times. The
 * row's raise_s and clear_s decide when the alarm is raised or cleared. about:
 * the name of the modem, pool or agency, or "". text: a sentence that says what
 * is wrong (is_raised) or why it ended; NULL: the row's text. */
void alarm_set(struct alarms *, enum alarm_id, const char *about,
    bool is_raised, const char *text);

/* The same with a level of its own. ALARM_NONE: the cause is gone. */
void alarm_set_level(struct alarms *, enum alarm_id, const char *about,
    enum alarm_level, const char *text);

/* Raises the alarm, or changes the text of a raised one. */
void alarm_change(struct alarms *, enum alarm_id, const char *about,
    const char *text);

/* Is the alarm of this kind about this thing raised? */
bool alarm_is_raised(const struct alarms *, enum alarm_id, const char *about);

/* Clears all alarms of this kind at once. */
void alarms_end(struct alarms *, enum alarm_id, const char *text);

/* Clears all alarms about a modem, pool or agency for which has() is false: it
 * does not exist any more. */
typedef bool alarm_has(enum alarm_about, const char *about, void *arg);
void alarms_forget(struct alarms *, alarm_has *, void *arg);

/* Acknowledges the raised alarms of this kind (ALARM_END: of all kinds) about
 * this thing (NULL: about anything). by: the person's name, for the stream.
 * Returns how many were raised. */
unsigned alarms_ack(struct alarms *, enum alarm_id, const char *about,
    const char *by);

/* Some alarms are raised or cleared by time alone. To be called every few
 * seconds. */
void alarms_tick(struct alarms *);

/* The raised alarms, the oldest first: an array of objects, which the caller
 * frees: alarm level about text advice doc raised_at acked_at acked_by. */
json_t *alarms_list(const struct alarms *);

/* alarms_untold(): the oldest entry that the stream has not got: alarm level
 * about text by at; NULL: none. Borrowed. alarms_told(): the stream has it
 * now. */
const json_t *alarms_untold(const struct alarms *);
void alarms_told(struct alarms *);
/* When the last text about this alarm was sent (wall clock); 0: never. */
int64_t alarm_texted_at(const struct alarms *, enum alarm_id,
    const char *about);
void alarm_texted(struct alarms *, enum alarm_id, const char *about,
    int64_t at);
/* alarms_missed(): the oldest alarm that ended before a text about it was sent:
 * alarm about raised_at ended_at; NULL: none. Borrowed. The second call: people
 * have been told. */
const json_t *alarms_missed(const struct alarms *);
void alarms_missed_told(struct alarms *);

/* Registers a function that is called when there is a new entry for the
 * stream. */
typedef void alarms_news(void *arg);
void alarms_on_news(struct alarms *, alarms_news *, void *arg);

#endif
