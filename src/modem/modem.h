/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The daemon's side of one modem.
 *
 * owns: the worker process and its restart; what is in flight there (at
 *	most MODEM_CREDIT messages); what is known of modem and SIM.
 * promises: each submitted message gets its results through on_result:
 *	live or, when the worker died, from its journal at the next start. The
 *	modem waits for ever for a lost device or a new worker.
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
	/* The device is there, or the journal of an ended worker has news.
	 * Answer, now or later, with modem_replay() and, when Redis has all of
	 * the journal, with modem_start(). */
	void (*on_wanted)(struct modem *, void *arg);
	/* The modem is ready and has credit: modem_credit() > 0. */
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
	/* Not is_well: it can't write its files in state_dir, for this reason,
	 * and sends nothing. is_well: it can again. May be repeated. */
	void (*on_journal)(struct modem *, bool is_well, const char *trouble,
	    void *arg);
	/* What the modem can't do, as words with blanks between them ("reports
	 * calls"); "" for nothing. Called at each start and on change. */
	void (*on_lacks)(struct modem *, const char *lacks, void *arg);
	/* The network sent something by USSD. NULL: the worker is gone, and
	 * with it the session, if one was open. */
	void (*on_ussd)(struct modem *, const struct proto_ussd *, void *arg);
	/* The modem has a new state. The hook must not change it. */
	void (*on_changed)(struct modem *, void *arg);
	/* A message that the modem has, or may have, in its hands. */
	void (*on_in_hand)(struct modem *, const char *imsi,
	    const char *message, const char *about, uint32_t fence,
	    void *arg);
};

/* Borrows both configurations. Calls on_wanted from the loop as soon as the
 * device is there. worker: the path of baotin-modem. */
struct modem *modem_new(struct event_base *, const struct conf *,
    const struct conf_modem *, const char *worker, const struct modem_hooks *,
    void *arg);
/* Frees our side only: the worker finishes what is in its hands alone. */
void modem_free(struct modem *);

/* Reports through the hooks what the journal holds above `after`. Returns 0; or
 * -1 when it can't be opened now (a former worker holds it, or the disk fails):
 * on_wanted will come again. */
int modem_replay(struct modem *, uint64_t after);
/* Redis has all that was reported of the journal so far: compacts a large or
 * old journal when the modem is idle. */
void modem_tidy(struct modem *);

/* As modem_replay(), for a journal in use: its records, and the open intents of
 * texts that no worker holds any more. Returns how many, or -1. */
int modem_retell(struct modem *, uint64_t after);
/* Is a hook getting an old record now, which may have been reported before? */
bool modem_is_replaying(const struct modem *);
/* Calls on_in_hand for each message that a worker of this modem has. */
void modem_tell_hands(struct modem *);
/* Starts a worker; does nothing while the device is not there. */
void modem_start(struct modem *);

/* The start could not go on (Redis is away): on_wanted will come again. */
void modem_postpone(struct modem *);

/* How many messages the modem takes now: 0 unless it is ready or busy. Behind a
 * text that is slow it takes none. */
unsigned modem_credit(const struct modem *);

/* Copies the whole lease. Needs credit. */
void modem_submit(struct modem *, const struct lease *);

/* Sends a text to the network by USSD, between two sends: a code, or the answer
 * to its question. modem_dial_end() ends the session. The network's answer
 * comes through on_ussd, or never. Both need modem_can_send(). */
void modem_dial(struct modem *, const char *text);
void modem_dial_end(struct modem *);

/* Gives an operator's PIN to a new worker, which tries it once. done is called
 * once, later: is the SIM open now? If not, modem_reason() says why. Returns -1
 * when another PIN is being tried. */
typedef void modem_pin_done(struct modem *, bool is_open, void *arg);
int modem_enter_pin(struct modem *, const char *pin, modem_pin_done *,
    void *arg);

/* What the operator wants; kept over restarts. PAUSED: no new texts. DRAIN: no
 * new texts; when none is in its hands any more, the worker ends and the port
 * is free. */
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
/* Returns 0, or -1 (logged) when the wish can't be stored for a restart. */
int modem_set_wish(struct modem *, enum modem_wish);

/* Restarts the modem: its worker finishes what is in its hands, and the next
 * worker resets the modem. Returns -1 when it is being taken out or drained. */
int modem_reset(struct modem *);

/* Takes the modem's entry in a new configuration; the old one still exists. If
 * it is reached or started in another way, a new worker starts when the old one
 * has finished what is in its hands. */
void modem_reload(struct modem *, const struct conf_modem *);

/* The modem is not in the configuration any more. The worker finishes what is
 * in its hands, then on_wanted comes for the journal. When Redis has the
 * journal and the modem is gone, free it. */
void modem_leave(struct modem *);
bool modem_is_leaving(const struct modem *);

/* Asks the worker to finish and exit; no other worker will start. */
void modem_drain(struct modem *);
bool modem_is_gone(const struct modem *);

const char *modem_name(const struct modem *);
const char *modem_imsi(const struct modem *);	/* "" unknown */
/* The SIM's own number, if the SIM has it; most do not: "". */
const char *modem_number(const struct modem *);
const struct conf_modem *modem_conf(const struct modem *);
enum modem_state modem_state(const struct modem *);
/* Why the modem is in its state: HEALTH_WELL while it is ready or busy.
 * *detail: replaces "{}" in the reason's sentence. Borrowed. */
enum health_reason modem_reason(const struct modem *, const char **detail);
int modem_tries_left(const struct modem *);	/* of the PIN; -1 unknown */
/* Wall clock: when the modem came to its present state. */
int64_t modem_since(const struct modem *);
/* Is it a modem that sends, even if not at this moment? */
bool modem_can_send(const struct modem *);
/* Has the worker, if there is one, said something in time? */
bool modem_is_fresh(const struct modem *);
/* The worker has waited for the modem's answer for seconds, so other modems do
 * its work. */
bool modem_is_stuck(const struct modem *);
unsigned modem_in_flight(const struct modem *);
/* Wall clock, in this run; 0: it has sent nothing yet. */
int64_t modem_last_sent_at(const struct modem *);

/* As the worker reported last: dBm, 0 unknown; how full the memory for incoming
 * texts is, false unknown; what the modem can't do. */
int modem_dbm(const struct modem *);
bool modem_inbox(const struct modem *, unsigned *used, unsigned *size);
const char *modem_lacks(const struct modem *);

/* modem_work(): counts of its work (modem/work.h). modem_sim_was(): "" when the
 * SIM was in no other device. */
const struct work *modem_work(const struct modem *);
const char *modem_sim_was(const struct modem *);

/* The reason of the last refused text ("cms_38"); "" none yet. */
const char *modem_last_refusal(const struct modem *);

/* The newest changes of its state and their reasons, the newest first: an array
 * of {"at", "state", "reason"}, which the caller frees. */
json_t *modem_past(const struct modem *);

/* One object for the operator, without the reason. The caller frees it. */
json_t *modem_describe(const struct modem *);

#endif
