/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One request of a dialogue, from what was typed to the screen that answers
 * it: between the engine (dialogue.c), which knows sessions, and the menu
 * (menu.c), which knows what keys do.
 *
 * What the dialogue remembers is a JSON object, `memory`: it is in Redis
 * between two requests, and nowhere else. Members of the engine: transport,
 * session, seen, steps, text, final, at, state, old; the rest is the menu's.
 */
#ifndef LOOKUP_DIALOGUE_H
#define LOOKUP_DIALOGUE_H

#include <stdbool.h>

#include <jansson.h>

#include "base/phone.h"
#include "lookup/answer.h"
#include "lookup/inside.h"

#define STATES(X)                                                             \
	X(START, "start")	/* nothing was shown yet */                   \
	X(RESUME, "resume")	/* go on where it broke off? */               \
	X(MENU, "menu")                                                       \
	X(LIST, "list")		/* the own dossiers, a page of them */        \
	X(DETAIL, "detail")	/* one dossier, a page of it */               \
	X(CODE, "code")		/* a code is awaited */                       \
	X(ID4, "id4")		/* four digits of an ID are awaited */        \
	X(NONE, "none")		/* there are no own dossiers */               \
	X(LANGUAGE, "language")                                               \
	X(NOTICES, "notices")                                                 \
	X(INFO, "info")		/* something was said; back to the menu */

enum dialogue_state {
#define X(id, name) STATE_##id,
	STATES(X)
#undef X
	STATE_END,
};

struct event;
struct dialogue;

/* The functions of a menu. Each one ends the request, now or later. */
struct dialogue_menu {
	/* A new session; input: what was dialled behind the service code. */
	void (*begin)(struct dialogue *);
	/* The input in the state remembered. */
	void (*step)(struct dialogue *, enum dialogue_state);
};

/* One request: finds its session, and gives what is new in it to the menu.
 * Calls back once, perhaps before it returns; copies the request. The menu
 * must stay. */
void dialogue_start(struct lookup *, const struct dialogue_menu *,
    const struct lookup_request *, bool is_first, lookup_answered *,
    void *arg);

struct dialogue {
	LIST_ENTRY(dialogue) entry;
	struct lookup *lookup;
	const struct dialogue_menu *menu;
	const struct lookup_transport *transport;
	char *session, *text;
	char phone[PHONE_SIZE];
	char who[KEYHASH_SIZE];
	lookup_answered *done;		/* NULL: it has been answered */
	void *arg;
	struct event *timer;
	json_t *memory;
	const char *input;		/* the new part of text */
	int64_t begun_ms;		/* monotonic */
	bool is_first;			/* the front says so */
	bool is_fresh;			/* nothing was shown in it yet */
	bool is_waiting;		/* for one of this phone's before */
};

/* --- for the menu --------------------------------------------------------- */

/* A remembered text, "" when there is none; NULL forgets. */
const char *dialogue_get(const struct dialogue *, const char *name);
void dialogue_set(struct dialogue *, const char *name, const char *value);
int dialogue_number(const struct dialogue *, const char *name);
void dialogue_set_number(struct dialogue *, const char *name, int value);

struct voice dialogue_voice(const struct dialogue *);

/* Is it a phone that asks, or a SIM for somebody whom the network does not
 * name (lookup/modem_ussd.h)? That one has no wishes and gets no texts. */
bool dialogue_has_phone(const struct dialogue *);

/* Each of these ends the request. Takes the text. */
void dialogue_show(struct dialogue *, enum dialogue_state, char *text);
void dialogue_say(struct dialogue *, enum dialogue_state, enum phrase);
void dialogue_end(struct dialogue *, enum phrase);
void dialogue_repeat(struct dialogue *);	/* the last screen again */

/* Back to what was broken off. false: there is nothing to go back to. */
bool dialogue_resume(struct dialogue *);

#endif
