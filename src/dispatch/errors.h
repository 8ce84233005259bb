/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an error of a modem or a network means: the rows of errors.def, changed
 * by the operator's retry.errors.
 *
 * owns: the table, and the decision what happens to a refused message.
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
	X(OPERATOR, "operator")   /* so too; only a person can mend it */     \
	X(OURS, "ours")           /* the gateway's own fault: fails */        \
	X(DONE, "done")           /* the network has it: counts as sent */    \
	X(UNKNOWN, "unknown")     /* the network may have it */

enum error_class {
#define X(id, name) CLASS_##id,
	ERROR_CLASSES(X)
#undef X
};

/* Whose fault it is. Only MODEM opens a modem's circuit breaker. */
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
	const char *word;		/* a stable word for the error */
	const char *sentence;		/* for the operator */
};

/* What happens to the message. */
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
	/* Counts as one of the message's tries. */
	bool counts;
	/* Replaces the wait after the first try. Later waits are as configured,
	 * so that a number that always refuses isn't tried every few seconds.
	 * -1: as configured. For ACTION_OTHER_MODEM: how long the modem that
	 * refused waits. */
	int64_t delay_ms;
	bool blames_modem;
	/* The modem's breaker opens at once. */
	bool trips_breaker;
	/* Counted tries after which the message fails; 0: no cap. */
	unsigned max_tries;
	/* For ACTION_FAIL: ask another SIM, too, where there is one. The
	 * message fails only when a SIM that has recently sent to other numbers
	 * says the same; else do as for ACTION_RETRY. */
	bool confirm;
};

/* Copies retry.errors; conf may be freed afterwards. */
struct errors *errors_new(const struct conf *);
void errors_free(struct errors *);

/* Never NULL; borrowed. code: the CMS or CME number; -1: a plain ERROR; 0:
 * there is no number, and reason (may be NULL) is the worker's word. */
const struct error_row *error_find(const struct errors *, int32_t code,
    const char *reason);

/* Decides for a RESULT `refused`, or for a message that is given up for its
 * reason alone. ACTION_DONE holds only for a message that was sent again with
 * TP-RD after an unknown outcome: Redis knows whether it was. */
void error_decide(const struct errors *, int32_t code, const char *reason,
    struct decision *out);

/* Row i of errors.def, without overrides. NULL: i is behind the last row. */
const struct error_row *error_row_at(unsigned i);

const char *error_class_name(enum error_class);
/* Says in Vietnamese what happens to the message; errors.def is only in
 * English. */
const char *error_class_vietnamese(enum error_class);
/* Returns 0, or -1 for a word that names no class. */
int error_class_parse(const char *name, enum error_class *);
const char *error_blame_name(enum error_blame);
const char *action_name(enum action);

#endif
