/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The texts in hand: at most two. The second one waits here, so that its first
 * segment can start without a round trip to the daemon.
 */
#ifndef WORKER_SEND_H
#define WORKER_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/proto.h"
#include "text/segment.h"

#define TEXTS_MAX 2

struct ledger;
struct link;
struct outgoing;

enum handover {
	HANDED_OVER,		/* send_answered() will get the answer */
	NOT_HANDED_OVER,	/* nothing was sent */
	MODEM_GONE,		/* nothing was sent, and the tty hung up */
};

/* How send.c reaches the modem. arg: as given to send_init(). */
struct send_hooks {
	/* Gives the segment to the modem; takes seconds. send_answered() may be
	 * called before it returns: then the modem refused before the prompt.
	 * *error: part of a sentence, when the segment was not handed over. */
	enum handover (*submit)(const struct outgoing *, const char **error,
	    void *arg);
	/* Reads what the modem said by itself. Returns false: the tty hung
	 * up. */
	bool (*drain)(void *arg);
	/* The modem has just said that it restarts: it must be asked before
	 * anything is sent to it. */
	bool (*must_look)(void *arg);
	/* It is certain that the modem restarted while a segment was on the
	 * air. */
	bool (*has_restarted)(void *arg);
	/* Did the modem refuse because it lost its settings? status: its error
	 * number, -1 for a plain ERROR. Asks the modem when possible; returns
	 * true also when the modem is silent. */
	bool (*lost_settings)(int status, void *arg);
	/* A result that is no success was told, with this reason. */
	void (*failed)(const char *reason, void *arg);
	/* The worker must end with this BYE. */
	void (*fail)(const char *reason, void *arg);
};

struct text {
	struct proto frame;	/* a SUBMIT */
	struct segments segments;
	unsigned next;		/* index of the segment to send next */
	bool has_begun;		/* one of its segments was handed over */
	int64_t begun_at;	/* when the last segment began, wall clock */
};

struct sending {
	/* Given by send_init(); borrowed. */
	struct ledger *ledger;
	struct link *link;
	const struct send_hooks *hooks;
	void *arg;
	const char *modem;
	char *imsi;		/* may be filled in later */
	int64_t timeout_ms;		/* for the network's answer */

	bool is_ending;		/* takes no text and begins no segment */
	struct text *texts[TEXTS_MAX];
	unsigned n;
	bool is_submitting;	/* texts[0] is in a call that may submit it,
				 * or what became of it is being settled */
	int64_t silent_deadline;	/* then nobody waits behind it */
	bool is_in_flight;	/* texts[0]'s segment `next` is on the air */
	int64_t deadline;	/* for its answer */
	int64_t sync_deadline;	/* the result before it waits for an intent
				 * no longer; INT64_MAX: it is synced */
	bool is_answered;	/* the callback came */
	int status, reference;	/* what it said */
	/* The segment whose intent is in the journal without a result, and that
	 * was not handed over yet; NULL: none. */
	const struct text *intended;
	unsigned intended_next;
	bool is_intent_safe;	/* that intent is synced */
};

void send_init(struct sending *, struct ledger *, struct link *,
    const struct proto_config *, char *imsi, const struct send_hooks *,
    void *arg);

/* Takes a SUBMIT; moves its content out of *frame. */
void send_take(struct sending *, struct proto *frame);

/* Does what can be done now. Returns true when something changed and it should
 * be called again. */
bool send_step(struct sending *);

/* The result from libgammu's callback. */
void send_answered(struct sending *, int status, int reference);

/* Gives the last answers: a segment on the air becomes UNKNOWN for this reason,
 * what waits becomes UNSENT. */
void send_end(struct sending *, const char *reason);
/* The same only for waiting texts that have no segment sent yet. */
void send_end_waiting(struct sending *, const char *reason);
/* The modem is silent: gives back all texts that are not being submitted right
 * now. May be called while a library call or a command waits for the modem. */
void send_give_back(struct sending *);

/* When what is not synced yet must be, though no text came meanwhile whose
 * intent would take it along (CLOCK_MONOTONIC, ms); INT64_MAX: never. */
int64_t send_sync_deadline(const struct sending *);

/* When the text that waits behind the one on the air must go elsewhere: its
 * lease ends, or the modem is silent for too long (CLOCK_MONOTONIC, ms).
 * INT64_MAX: none waits. */
int64_t send_waiting_deadline(const struct sending *);

#endif
