/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The operators' door: two unix sockets, one for everything, one for
 * reading only, and the commands of ipc/commands.def behind them.
 *
 * owns: both sockets, their clients and their open requests.
 * promises: no bytes from a client harm the daemon, a slow one takes a
 *	bounded amount of memory, one that hangs up leaves nothing behind;
 *	what changes something leaves an audit line.
 * never does: change anything itself: it asks Redis and the daemon's hooks.
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <stdint.h>

#include <jansson.h>

#include "alarm/table.h"

struct admin;
struct admin_request;
struct conf;
struct event_base;
struct redis;
struct templates;

/* Answered by the daemon at once, except send. JSON is the caller's to
 * free; keys are stable words in the order in which people read them;
 * moments are milliseconds in keys that end in _at. */
struct admin_hooks {
	/* An object; may hold "redis": {"trouble": …}. */
	json_t *(*status)(void *arg);
	/* An array of objects, one per modem; of the one with this name, or
	 * none, when name is not NULL. */
	json_t *(*modems)(const char *name, void *arg);
	/* Queues a text (not empty, else as it was typed) to phone (E.164)
	 * and answers the request, now or later, with {"message": id} or a
	 * failure. */
	void (*send)(const char *phone, const char *text,
	    struct admin_request *, void *arg);
	/* One step of a USSD dialogue of phone (E.164): what was dialled, and
	 * all that was typed since, joined by '*'. Answers the request, now
	 * or later, with {"text": …, "is_final": bool} or a failure. */
	void (*ussd_try)(const char *phone, const char *session,
	    const char *dialled, const char *inputs, struct admin_request *,
	    void *arg);
	/* The configuration and the templates in force; both may change
	 * between two calls. */
	const struct templates *(*templates)(void *arg);
	const struct conf *(*conf)(void *arg);
	/* An event's fields: name, value, name, value …. NULL: the intake
	 * would take it now; or {"field": …, "error": …}. */
	json_t *(*check_event)(const json_t *fields, void *arg);
	/* Says what would become of such an event: see daemon/plan.h. */
	json_t *(*plan_event)(const json_t *fields, void *arg);
	/* verb: "cancel", "retry", "hold", "release", of the message id, or
	 * when that is NULL of an agency ("*": all) and, of cancel, since a
	 * moment (0: ever); or "forget", of the gateway id. Answers the request
	 * later, with {"moved": n} or a failure. */
	void (*control)(const char *verb, const char *id, const char *agency,
	    int64_t since, struct admin_request *, void *arg);
	/* Dials a USSD code (digits, * and #) on a modem and answers the
	 * request, now or later, with {"modem", "status", "text"} or a
	 * failure. */
	void (*ussd)(const char *modem, const char *code,
	    struct admin_request *, void *arg);
	/* Sets an operator's wish for a modem: "up", "paused", "drain".
	 * Answers the request with {"modem", "wish", "in_flight"} or a
	 * failure. */
	void (*wish)(const char *modem, const char *word,
	    struct admin_request *, void *arg);
	/* Restarts a modem, and answers the request with {"modem",
	 * "in_flight"} or a failure. */
	void (*reset)(const char *modem, struct admin_request *, void *arg);
	/* Asks a modem what it can do, and hands an array of what was asked
	 * and answered, which may be empty, to cmd_probed(), now or later. */
	void (*probe)(const char *modem, struct admin_request *, void *arg);
	/* Tries a PIN (digits) once on a modem's SIM and answers the request,
	 * later, with {"modem", "pin": "taken"} or a failure. */
	void (*pin)(const char *modem, const char *pin,
	    struct admin_request *, void *arg);
	/* The alarms that are raised: an array of objects. */
	json_t *(*alarms)(void *arg);
	/* All of this at once, for those who look often: {"status", "modems"
	 * (each with "quotas"), "alarms", "waiting"}. */
	json_t *(*look)(void *arg);
	/* Somebody (by) knows of those of this kind (ALARM_END: all), about
	 * this (NULL: anything). How many were raised. */
	unsigned (*alarms_ack)(enum alarm_id, const char *about,
	    const char *by, void *arg);
	/* Why what is ready may have to wait: {"window": {"open": bool, …},
	 * "quotas": [{"modem", "period", "used", "limit", "rest"}, …]} */
	json_t *(*waiting)(void *arg);
	/* Looks whether each message is where its state belongs, and puts it
	 * right. Answers the request later, with {"looked", "repaired",
	 * "kinds": {word: n}} or a failure. */
	void (*repair)(struct admin_request *, void *arg);
	/* Takes over configuration and templates as the files are now, or
	 * changes nothing. An array of faults; empty: done. */
	json_t *(*reload)(void *arg);
	/* Forgets the keys of hashes that our file lacks and answers the
	 * request later, with {"accepted": true} or a failure. */
	void (*key_accept)(struct admin_request *, void *arg);
	/* The hashes under which a phone (E.164) may be known, an array of
	 * strings. */
	json_t *(*phone_hashes)(const char *phone, void *arg);
	/* {"word", "means", "vietnamese"} of a word of receipts, rejections or
	 * imports, of a number also its "name" and "class"; NULL: no such
	 * word. */
	json_t *(*explain)(const char *word, void *arg);
	/* Makes the contents of a letter to a citizen from a dossier's record:
	 * {"agency", "desk", "contact", "text", "today"}. record NULL: the
	 * page on which it stands (ctl/letters.h). */
	json_t *(*letter)(const json_t *record, void *arg);
	/* All that is kept about a phone (E.164): told ("export") or removed
	 * ("erase"). Answers the request later. */
	void (*privacy)(const char *verb, const char *phone,
	    struct admin_request *, void *arg);
};

/* Opens both sockets of conf (an empty name: none), and admin.http. NULL when
 * a socket can't be opened, for example because another daemon answers there
 * (logged). Without admin.http it goes on: citizens get their texts without
 * it. Of this conf only the group admin is read. */
struct admin *admin_new(struct event_base *, const struct conf *,
    struct redis *, const struct admin_hooks *, void *arg);
/* The queue: how many messages are not out yet, and when the oldest of them
 * was made (ms; 0 unknown). 0; -1: Redis has not said. At most some seconds
 * old. */
struct admin_queue {
	int64_t n, oldest_at;
};
int admin_queue(const struct admin *, struct admin_queue *);
/* The configuration's contents are new: admin.token_files and allow. */
void admin_reload(struct admin *);
/* Removes the sockets. Requests that still wait for Redis or a hook may be
 * answered afterwards; nobody hears it. */
void admin_free(struct admin *);

/* Answers a request of the hook probe. asked is taken. */
void cmd_probed(struct admin_request *, json_t *asked);

/* Exactly one of the two, once per request, which is gone then. result is
 * taken. status: 1 failed, 2 wrong use, 3 unknown. */
void admin_reply(struct admin_request *, json_t *result);
void admin_fail(struct admin_request *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
