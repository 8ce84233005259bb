/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One question about dossiers, from any front. Who may see what, the limits and
 * the lock-outs are decided here and nowhere else.
 *
 * promises: one step in Redis counts, judges and reads, so that several
 *	gateways share the limits. A dossier that is unknown and one that this
 *	phone may not see give the same verdict by the same steps.
 * never does: make texts.
 */
#ifndef LOOKUP_ASK_H
#define LOOKUP_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dossier/code.h"
#include "dossier/status.h"

struct lookup;

struct ask {
	const char *front;	/* "ussd", "sms", "call": for the metrics */
	const char *phone;	/* E.164, as the network gave it */
	const char *typed;	/* a code, its digits, or the last 4 to 8
				 * digits of an own one, in any notation;
				 * NULL: all of this phone's */
	const char *factor;	/* second one: four digits of the citizen's ID,
				 * or the secret of the slip; or NULL */
	const char *text;	/* id of the text that asks, or NULL: only a
				 * text is told what it did not find */
	unsigned first;		/* of the own list: index from 0 */
	unsigned count;		/* 1 to ASK_DOSSIERS_MAX */
	bool is_free;		/* a further page, or step, of what was
				 * counted */
	bool is_probe;		/* only the own ones: the digits of the ID
				 * are asked for next */
};

#define ASK_DOSSIERS_MAX 9

enum ask_verdict {
	ASK_FOUND,
	ASK_NONE,		/* the own list is empty */
	ASK_NOT_FOUND,		/* unknown, not entitled, or locked */
	ASK_LIMITED,		/* too many questions */
	ASK_UNAVAILABLE,	/* Redis is away */
};

struct ask_dossier {
	char code[CODE_SIZE];
	enum situation situation;
	enum channel channel;
	bool is_own;		/* else status word and date only */
	int64_t at;		/* of the change */
	int64_t updated_at;	/* when the office told us */
	const char *agency, *due, *place, *fee, *parcel; /* "" when unknown */
};

struct ask_answer {
	enum ask_verdict verdict;
	const struct ask_dossier *dossiers;	/* n of them */
	size_t n;
	size_t total;		/* of the whole own list */
	bool may_complain;	/* an answer without a dossier may be sent:
				 * at most one per phone in ten minutes, for
				 * fronts where each costs a segment; not
				 * kept for "ussd" */
	int accents;		/* the phone's wish: 0, 1, -1 none */
	const char *lang;	/* the phone's wish, or "" */
};
typedef void ask_answered(const struct ask_answer *, void *arg);

/* Calls back once, maybe before it returns. Copies the ask. */
void lookup_ask(struct lookup *, const struct ask *, ask_answered *,
    void *arg);

#endif
