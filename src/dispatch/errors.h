/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an error of modem or network means: the rows of errors.def, under the
 * operator's overrides (retry.errors).
 *
 * owns: the table, and the decision what happens to a message that was
 *	refused.
 * promises: an answer for every number and every word.
 * never does: count tries, choose a modem or know the time.
 */
#ifndef DISPATCH_ERRORS_H
#define DISPATCH_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct errors;

/* The names are those of retry.errors[].class. */
#define ERROR_CLASSES(X)                                                      \
	X(PERMANENT, "permanent") /* of number or message: fails */           \
	X(LATER, "later")         /* again after a while, on any modem */     \
	X(OTHER_MODEM, "other_modem") /* again at once, on another modem */   \
	X(OPERATOR, "operator")   /* so too; this modem needs a hand */       \
	X(OURS, "ours")           /* the gateway's own fault: fails */        \
	X(DONE, "done")           /* the network has it: counts as sent */    \
	X(UNKNOWN, "unknown")     /* the network may have it */

enum error_class {
#define X(id, name) CLASS_##id,
	ERROR_CLASSES(X)
#undef X
};

/* Who is to blame. Only BLAME_MODEM counts for a modem's circuit breaker. */
#define ERROR_BLAMES(X)                                                       \
	X(NUMBER, "number")                                                   \
	X(MODEM, "modem")                                                     \
	X(NETWORK, "network")                                                 \
	X(NOBODY, "nobody")

enum error_blame {
#define X(id, name) BLAME_##id,
	ERROR_BLAMES(X)
#undef X
};

struct error_row {
	int32_t from, to;		/* numbers; both 0: a word */
	const char *reason;		/* the worker's word, or NULL */
	enum error_class class;
	enum error_blame blame;
	int64_t first_delay_ms;		/* -1: retry.delays[0] */
	unsigned max_tries;		/* 0: retry.delays and validity */
	bool confirm;			/* fails by the word of SIMs that
					 * send to others */
	const char *word;		/* what it is, in one stable word */
	const char *sentence;		/* for the operator */
};

/* The next step for the message. */
#define ACTIONS(X)                                                            \
	X(FAIL, "fail")                                                       \
	X(RETRY, "retry")                                                     \
	X(OTHER_MODEM, "other_modem")                                         \
	X(DONE, "done")                                                       \
	X(UNKNOWN, "unknown")

enum action {
#define X(id, name) ACTION_##id,
	ACTIONS(X)
#undef X
};

struct decision {
	enum action action;
	/* Burns one of the message's tries. */
	bool counts;
	/* The wait after the first try; -1: as configured. Later waits are as
	 * configured, so that a number which refuses for ever is not tried
	 * every few seconds. With ACTION_OTHER_MODEM: the wait of the modem
	 * that refused. */
	int64_t delay_ms;
	bool blames_modem;
	/* The modem's breaker opens at once. */
	bool trips_breaker;
	/* Counted tries after which the message fails; 0: no cap. */
	unsigned max_tries;
	/* With ACTION_FAIL: the message fails only when a SIM that has
	 * recently sent to others refuses it, and another SIM, where there is
	 * one, refuses it too. Until then it is tried again as with
	 * ACTION_RETRY. */
	bool confirm;
};

/* Takes a copy of retry.errors; conf may go. */
struct errors *errors_new(const struct conf *);
void errors_free(struct errors *);

/* Finds the row of an error; never NULL, borrowed. code: the CMS or CME
 * number, -1 a plain ERROR, 0 none, and then reason (may be NULL) is the
 * worker's word. */
const struct error_row *error_find(const struct errors *, int32_t code,
    const char *reason);

/* For a RESULT `refused`, or one that is given up for its reason alone.
 * ACTION_DONE holds only for a message that was sent again with TP-RD after
 * an unknown end: Redis knows whether it was. */
void error_decide(const struct errors *, int32_t code, const char *reason,
    struct decision *out);

/* Row i of errors.def without overrides; NULL behind the last. */
const struct error_row *error_row_at(unsigned i);

const char *error_class_name(enum error_class);
/* errors.def speaks English only: in Vietnamese, what is done. */
const char *error_class_vietnamese(enum error_class);
/* 0, or -1 for a word that is no class. */
int error_class_parse(const char *name, enum error_class *);
const char *error_blame_name(enum error_blame);
const char *action_name(enum action);

#endif
