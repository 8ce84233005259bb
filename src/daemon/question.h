/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a question that came in on a modem.
 */
#ifndef DAEMON_QUESTION_H
#define DAEMON_QUESTION_H

#include <stdbool.h>

struct daemon;
struct lookup_hooks;
struct modem;
struct proto_incoming;
struct proto_rang;
struct proto_unreadable;
struct question;
struct sms_hooks;

extern const struct sms_hooks question_sms_hooks;
extern const struct lookup_hooks question_lookup_hooks;

/* For modem_hooks and outbox_hooks; arg: the daemon. */
void question_text(struct modem *, const struct proto_incoming *, void *arg);
void question_call(struct modem *, const struct proto_rang *, void *arg);
void question_unreadable(struct modem *, const struct proto_unreadable *,
    void *arg);
void question_heard(const char *result, const struct question *, void *arg);

/* Takes up questions that have been open for some time. */
void question_sweep(struct daemon *);

/* The sweep reports how this hour's lookups went: clears their alarms. */
void question_calm(struct daemon *, bool is_scanning, bool is_guessing);

#endif
