/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One request of a dialogue, from what was typed to the screen that answers it.
 * It connects the engine (dialogue.c), which knows sessions, and the menu
 * (menu.c), which knows what the keys do.
 *
 * What the dialogue remembers is a JSON object, `memory`. Between two requests
 * it is only in Redis. The engine's members are transport, session, seen,
 * steps, text, final, at, state, old; the others are the menu's.
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

/* The functions of a menu. Each call ends the request, now or later. */
struct dialogue_menu {
	/* A new session; input: what was dialled behind the service code. */
	void (*begin)(struct dialogue *);
	/* The input, in the state that the dialogue remembers. */
	void (*step)(struct dialogue *, enum dialogue_state);
};

/* One request: finds its session, and gives its new part to the menu. Calls
 * back once, maybe before it returns. Copies the request; borrows the menu. */
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
	bool is_waiting;		/* an earlier request is open */
};

/* --- for the menu --------------------------------------------------------- */

/* A remembered text, "" when there is none. To set NULL forgets it. */
const char *dialogue_get(const struct dialogue *, const char *name);
void dialogue_set(struct dialogue *, const char *name, const char *value);
int dialogue_number(const struct dialogue *, const char *name);
void dialogue_set_number(struct dialogue *, const char *name, int value);

struct voice dialogue_voice(const struct dialogue *);

/* Does a phone ask? If not, it is our own SIM, for somebody whose number the
 * network does not give (lookup/modem_ussd.h): it has no wishes and gets no
 * texts. */
bool dialogue_has_phone(const struct dialogue *);

/* Each of these ends the request. Takes the text. */
void dialogue_show(struct dialogue *, enum dialogue_state, char *text);
void dialogue_say(struct dialogue *, enum dialogue_state, enum phrase);
void dialogue_end(struct dialogue *, enum phrase);
void dialogue_repeat(struct dialogue *);	/* the last screen again */

/* Goes back to the session that broke off. Returns false when there is none. */
bool dialogue_resume(struct dialogue *);

#endif
