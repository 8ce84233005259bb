/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One entry of the events stream, checked and normalised, or the reason why it
 * can't be used. Takes any bytes.
 */
#ifndef INTAKE_EVENT_H
#define INTAKE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "message/message.h"

struct conf;
struct keyhash;

struct event {
	struct change change;
	bool notify;
	enum priority priority;
	int64_t not_before, expires;	/* wall clock; 0: not in the event */
	char *key;			/* idempotency key, owned */
	int64_t key_ttl_ms;
	char *content;			/* what it says, without time and key,
					 * owned; NULL: of a reminder */
	bool is_by_content;		/* it has neither time nor key */
};

/* Why the event can't be used: stable words, static strings. */
struct event_fault {
	const char *error;	/* "phone_fixed", "status_unknown" … */
	const char *field;	/* "phone", "json" … */
};

/* fields: name, value, name, value … as JSON strings (null where the bytes were
 * no UTF-8). entry_at: when the entry was made, wall clock. Returns 0 and *out,
 * which event_clear() frees; or -1 and *fault. Does not log. */
int event_parse(const json_t *fields, int64_t entry_at,
    const struct conf *, const struct keyhash *, struct event *out,
    struct event_fault *fault);
void event_clear(struct event *);

/* For the reminder of a result that waits: makes the event that a record (an
 * object of strings, as Redis has it) stands for, one per change. Returns 0, or
 * -1 for a record that lacks something. */
int event_from_record(const json_t *record, struct event *out);

/* The stream `rejected` must not show the digits of an ID. event_hide_id4()
 * returns the hash of this entry's id4, or NULL. The other call returns its
 * json field with the digits masked, or NULL when there is none to mask. The
 * caller frees both. */
char *event_hide_id4(const json_t *fields, const struct keyhash *);
char *event_hide_json(const json_t *fields);

#endif
