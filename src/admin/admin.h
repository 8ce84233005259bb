/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The operators' way in: two unix sockets, one for everything and one for
 * reading only, with the commands of ipc/commands.def.
 *
 * owns: both sockets, their clients and their open requests.
 * promises: no bytes from a client harm the daemon. A slow client takes
 *	a bounded amount of memory; one that hangs up leaves nothing behind. A
 *	command that changes something leaves an audit line.
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

/* What an operator decides. verb: "cancel", "retry", "hold", "release", of the
 * message id, or when that is NULL of an agency ("*": all) and, of cancel,
 * since a moment (0: ever) and with this state, reason and pool (NULL: any);
 * or "forget", of the gateway id. */
struct admin_decision {
	const char *verb, *id, *agency;
	const char *state, *reason, *pool;
	int64_t since;
};

/* The daemon answers all of them at once, except where a hook takes the
 * request. The caller frees the JSON. Keys are stable words, in the order in
 * which people read them. Keys that end in _at are milliseconds. */
struct admin_hooks {
	/* An object; may hold "redis": {"trouble": …}. */
	json_t *(*status)(void *arg);
	/* An array of objects, one per modem. name: only that modem's, or none
	 * when it does not exist; NULL: all. */
	json_t *(*modems)(const char *name, void *arg);
	/* Queues a text to phone (E.164). The text is not empty, and is sent as
	 * it was typed. Answers the request, now or later, with {"message": id}
	 * or a failure. */
	void (*send)(const char *phone, const char *text,
	    struct admin_request *, void *arg);
	/* One step of a USSD dialogue of phone (E.164): what was dialled, and
	 * all that was typed since, joined by '*'. Answers the request, now or
	 * later, with {"text": …, "is_final": bool} or a failure. */
	void (*ussd_try)(const char *phone, const char *session,
	    const char *dialled, const char *inputs, struct admin_request *,
	    void *arg);
	/* The configuration and the templates in force; both may change
	 * between two calls. */
	const struct templates *(*templates)(void *arg);
	const struct conf *(*conf)(void *arg);
	/* fields: name, value, name, value …. Returns NULL when the intake
	 * would take this event now; else {"field": …, "error": …}. */
	json_t *(*check_event)(const json_t *fields, void *arg);
	/* Says what would happen to such an event: see daemon/plan.h. */
	json_t *(*plan_event)(const json_t *fields, void *arg);
	/* Answers the request later, with {"moved": n} or a failure. */
	void (*control)(const struct admin_decision *, struct admin_request *,
	    void *arg);
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
	/* All of this at once, for callers that ask often: {"status", "modems"
	 * (each with "quotas"), "alarms", "waiting"}. */
	json_t *(*look)(void *arg);
	/* Acknowledges the alarms of this kind (ALARM_END: all) about this
	 * thing (NULL: anything). by: who did it. Returns how many were
	 * raised. */
	unsigned (*alarms_ack)(enum alarm_id, const char *about,
	    const char *by, void *arg);
	/* Why what is ready may have to wait: {"window": {"open": bool, …},
	 * "quotas": [{"modem", "period", "used", "limit", "rest"}, …]} */
	json_t *(*waiting)(void *arg);
	/* Checks that each message is where its state belongs, and corrects it.
	 * Answers the request later, with {"looked", "repaired", "kinds":
	 * {word: n}} or a failure. */
	void (*repair)(struct admin_request *, void *arg);
	/* Takes over configuration and templates as the files are now, or
	 * changes nothing. Returns an array of faults; empty: success. */
	json_t *(*reload)(void *arg);
	/* Forgets the keys of hashes that our file lacks and answers the
	 * request later, with {"accepted": true} or a failure. */
	void (*key_accept)(struct admin_request *, void *arg);
	/* The hashes under which a phone (E.164) may be known, an array of
	 * strings. */
	json_t *(*phone_hashes)(const char *phone, void *arg);
	/* {"word", "means", "vietnamese"} for a word of receipts, rejections or
	 * imports; for a number also its "name" and "class". NULL: no such
	 * word. */
	json_t *(*explain)(const char *word, void *arg);
	/* Makes the contents of a letter to a citizen from a dossier's record:
	 * {"agency", "desk", "contact", "text", "today"}. record NULL: the
	 * page on which it stands (ctl/letters.h). */
	json_t *(*letter)(const json_t *record, void *arg);
	/* Tells ("export") or removes ("erase") all that is kept about a phone
	 * (E.164). Answers the request later. */
	void (*privacy)(const char *verb, const char *phone,
	    struct admin_request *, void *arg);
};

/* Opens both sockets of conf (an empty name: none), and admin.http. Returns
 * NULL (logged) when a socket can't be opened, for example because another
 * daemon answers there. If admin.http can't be opened, it goes on: citizens get
 * their texts without it. Reads only the group admin of conf. */
struct admin *admin_new(struct event_base *, const struct conf *,
    struct redis *, const struct admin_hooks *, void *arg);
/* admin_queue(): how many messages are not sent yet, and when the oldest of
 * them was made (ms; 0 unknown), at most some seconds old. Returns 0; or -1
 * when Redis has not told. */
struct admin_queue {
	int64_t n, oldest_at;
};
int admin_queue(const struct admin *, struct admin_queue *);
/* The configuration has changed: takes admin.token_files and allow. */
void admin_reload(struct admin *);
/* Removes the sockets. Requests that still wait for Redis or a hook may be
 * answered afterwards; the answer goes nowhere. */
void admin_free(struct admin *);

/* Answers a request of the hook probe. asked is taken. */
void cmd_probed(struct admin_request *, json_t *asked);

/* Call exactly one of the two, once per request; it frees the request. Takes
 * result. status: 1 failed, 2 wrong use, 3 unknown. */
void admin_reply(struct admin_request *, json_t *result);
void admin_fail(struct admin_request *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
