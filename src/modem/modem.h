/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The daemon's side of one modem.
 *
 * owns: the worker process, its restart, what is in flight there (at most
 *	MODEM_CREDIT messages), what is known of modem and SIM.
 * promises: each submitted message gets its results through on_result, live
 *	or, when the worker died, from its journal at the next start; a lost
 *	device or a dead worker is waited for, for ever.
 * never does: choose messages, talk to Redis, touch the tty.
 */
#ifndef MODEM_MODEM_H
#define MODEM_MODEM_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "ipc/health.h"

#define MODEM_CREDIT 2 /* one on the air, one ready behind it */

struct conf;
struct conf_modem;
struct event_base;
struct lease;
struct modem;
struct proto_incoming;
struct proto_rang;
struct proto_report;
struct proto_result;
struct proto_unreadable;
struct proto_ussd;
struct work;

struct modem_hooks {
	/* The device is there, or the journal of a worker that ended waits
	 * to be told. Answer, now or later, with modem_replay()
	 * and, when everything of it is in Redis, modem_start(). */
	void (*on_wanted)(struct modem *, void *arg);
	/* Ready, with credit: modem_credit() > 0. */
	void (*on_free)(struct modem *, void *arg);
	void (*on_result)(struct modem *, const struct proto_result *,
	    void *arg);
	void (*on_report)(struct modem *, const struct proto_report *,
	    void *arg);
	void (*on_incoming)(struct modem *, const struct proto_incoming *,
	    void *arg);
	void (*on_rang)(struct modem *, const struct proto_rang *, void *arg);
	void (*on_unreadable)(struct modem *, const struct proto_unreadable *,
	    void *arg);
	/* Its files in state_dir can't be written, for this reason, and it
	 * sends nothing; or (is_well, "") they can. May come again. */
	void (*on_journal)(struct modem *, bool is_well, const char *trouble,
	    void *arg);
	/* The abilities that the modem lacks, as words with blanks between
	 * them ("reports calls"); "" nothing. At each start, and on change. */
	void (*on_lacks)(struct modem *, const char *lacks, void *arg);
	/* The network spoke by USSD; NULL: the session, if one was open, is
	 * gone with the worker. */
	void (*on_ussd)(struct modem *, const struct proto_ussd *, void *arg);
	/* Its state is another one. Must not change it. */
	void (*on_changed)(struct modem *, void *arg);
	/* A message that the modem has, or may have, in its hands. */
	void (*on_in_hand)(struct modem *, const char *imsi,
	    const char *message, const char *about, uint32_t fence,
	    void *arg);
};

/* Borrows both configurations. Calls on_wanted from the loop as soon as
 * the device is there. worker: path of baotin-modem. */
struct modem *modem_new(struct event_base *, const struct conf *,
    const struct conf_modem *, const char *worker, const struct modem_hooks *,
    void *arg);
/* Lets the worker finish what is in its hands, without us. */
void modem_free(struct modem *);

/* Tells all that the journal holds above `after` through the hooks. 0; or
 * -1 when the journal can't be had now (a former worker still holds it, the
 * disk fails): on_wanted will come again. */
int modem_replay(struct modem *, uint64_t after);
/* All that was told of it so far is in Redis: a large or old journal is
 * compacted in an idle moment. */
void modem_tidy(struct modem *);

/* The same of a journal that may be in use: its records, and the open
 * intents that are in nobody's hands any more. How many, or -1. */
int modem_retell(struct modem *, uint64_t after);
/* Is what a hook gets now an old record, that may have been told before? */
bool modem_is_replaying(const struct modem *);
/* Calls on_in_hand for each message that a worker of this modem has. */
void modem_tell_hands(struct modem *);
/* Starts the worker; not when the device is not there. */
void modem_start(struct modem *);

/* The start could not go on (Redis away): ask again later. */
void modem_postpone(struct modem *);

/* How many messages it takes now: 0 unless ready or busy; none behind one
 * that gets on slowly. */
unsigned modem_credit(const struct modem *);

/* Copies all of lease. Needs credit. */
void modem_submit(struct modem *, const struct lease *);

/* Says a text to the network by USSD, between sends: a code, or the answer
 * to its question; and ends the session that is open. The network's words
 * come through on_ussd, perhaps never. Need modem_can_send(). */
void modem_dial(struct modem *, const char *text);
void modem_dial_end(struct modem *);

/* An operator's PIN for a SIM that wants one, tried once by a new worker.
 * done is called once, later: is the SIM open now? Then modem_reason() says
 * why not. -1: another one is being tried. */
typedef void modem_pin_done(struct modem *, bool is_open, void *arg);
int modem_enter_pin(struct modem *, const char *pin, modem_pin_done *,
    void *arg);

/* The operator's wish; kept over restarts. PAUSED: no new texts, all else as
 * ever. DRAIN: no new texts, and when nothing is in its hands any more, its
 * worker ends and the port is free. */
#define MODEM_WISHES(X)                                                       \
	X(UP, "up")                                                           \
	X(PAUSED, "paused")                                                   \
	X(DRAIN, "drain")
enum modem_wish {
#define X(id, word) MODEM_WISH_##id,
	MODEM_WISHES(X)
#undef X
};
enum modem_wish modem_wish(const struct modem *);
const char *modem_wish_name(enum modem_wish);
/* 0, or -1 (logged): it can't be kept over a restart. */
int modem_set_wish(struct modem *, enum modem_wish);

/* Restarts the modem: its worker finishes what is in its hands, and the next
 * one resets it. -1: it is being taken out, or drained. */
int modem_reset(struct modem *);

/* The same modem's entry in a new configuration; the former is still there.
 * When it is reached or started in another way, its worker finishes what is
 * in its hands and a new one starts. */
void modem_reload(struct modem *, const struct conf_modem *);

/* It is not in the configuration any more: the worker finishes what is in
 * its hands, then on_wanted comes for the journal; when that is in Redis,
 * and it is gone, free it. */
void modem_leave(struct modem *);
bool modem_is_leaving(const struct modem *);

/* Asks the worker to finish and exit; it will not be started again. */
void modem_drain(struct modem *);
bool modem_is_gone(const struct modem *);

const char *modem_name(const struct modem *);
const char *modem_imsi(const struct modem *);	/* "" unknown */
/* The SIM's own number as the SIM has it; most don't: "". */
const char *modem_number(const struct modem *);
const struct conf_modem *modem_conf(const struct modem *);
enum modem_state modem_state(const struct modem *);
/* Why it is in this state (HEALTH_WELL while it is ready or busy), and what
 * stands for "{}" in the reason's sentence. Borrowed. */
enum health_reason modem_reason(const struct modem *, const char **detail);
int modem_tries_left(const struct modem *);	/* of the PIN; -1 unknown */
/* Wall clock: since when it is in its state. */
int64_t modem_since(const struct modem *);
/* Is it one that sends, if not at this moment? */
bool modem_can_send(const struct modem *);
/* Has its worker, if there is one, said something in time? */
bool modem_is_fresh(const struct modem *);
/* Its worker has waited for an answer for seconds: others do its work. */
bool modem_is_stuck(const struct modem *);
unsigned modem_in_flight(const struct modem *);
/* Wall clock, of this run; 0: nothing yet. */
int64_t modem_last_sent_at(const struct modem *);

/* The last words of its worker: signal in dBm, 0 unknown; how full the memory
 * for incoming texts is, false when that is unknown; the abilities that it
 * lacks ("reports calls"). */
int modem_dbm(const struct modem *);
bool modem_inbox(const struct modem *, unsigned *used, unsigned *size);
const char *modem_lacks(const struct modem *);

/* The modem's numbers (modem/work.h); and the device in which its SIM was
 * before, "": none. */
const struct work *modem_work(const struct modem *);
const char *modem_sim_was(const struct modem *);

/* The reason of the last refusal ("cms_38"); "" none yet. */
const char *modem_last_refusal(const struct modem *);

/* The newest changes of its state and why, the newest first: an array of
 * {"at", "state", "reason"}, the caller's. */
json_t *modem_past(const struct modem *);

/* One object for the operator, without the reason; the caller owns it. */
json_t *modem_describe(const struct modem *);

#endif
