/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes in by itself: status reports, texts, calls. Callbacks of
 * libgammu must not call libgammu: they journal what they hold and queue
 * what has to be fetched.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gammu.h>

struct worker;

struct inbox {
	GSM_SMSMessage *waiting;	/* places of stored messages */
	size_t n, room;
	GSM_MultiSMSMessage *fetched;	/* 266 kB: not for the stack */
	bool wants_sweep;		/* read everything that is stored */
	unsigned n_left;		/* of the last one: not for us */
	bool must_poll;			/* the modem does not announce */
	int64_t sweep_deadline;		/* when must_poll */
	int64_t ring_deadline;		/* a ring before it: the same call */
	unsigned rings;			/* of this call */
	int64_t ask_deadline;		/* then AT+CLCC is asked; 0: not */
	bool has_known_caller;		/* in this session, of any call */
	char *caller;			/* of it, until it is told; or NULL */
	int64_t called_at;
	bool wants_reject;
};

void inbox_init(struct worker *);
void inbox_clear(struct worker *);

/* Fetches, journals and deletes what waits; nothing may be on the air.
 * False when there was nothing to do. */
bool inbox_step(struct worker *);

/* So many messages are stored now: more than there should be means that an
 * announcement was lost. */
void inbox_count(struct worker *, unsigned used);

/* Until when the call that rings may ring again; INT64_MAX: none does. Then,
 * or when the worker ends, it is over and told. */
int64_t inbox_call_deadline(const struct worker *);
/* When inbox_step() asks who calls, because no +CLIP came; INT64_MAX: it does
 * not. */
int64_t inbox_ask_deadline(const struct worker *);
void inbox_end_call(struct worker *);

/* The library's callbacks; user data is the worker. */
void inbox_sms_cb(GSM_StateMachine *, GSM_SMSMessage *, void *);
void inbox_call_cb(GSM_StateMachine *, GSM_Call *, void *);

/* A line that came in while the worker itself spoke to the modem
 * (worker/at.h); arg is the worker. */
void inbox_stray(const char *line, void *arg);

#endif
