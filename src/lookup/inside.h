/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of the lookups share. Other folders use lookup.h, ask.h and
 * answer.h.
 */
#ifndef LOOKUP_INSIDE_H
#define LOOKUP_INSIDE_H

#include <sys/queue.h>

#include "base/keyhash.h"
#include "lookup/lookup.h"

struct dialogue;
LIST_HEAD(dialogue_list, dialogue);

struct lookup {
	struct event_base *base;
	const struct conf *conf;
	struct store *store;
	const struct keyhash *keyhash;
	const struct lookup_hooks *hooks;
	void *arg;
	char nobody[KEYHASH_SIZE];	/* a hash that no dossier has */
	struct dialogue_list dialogues;	/* requests in flight */
};

/* The name under which limits and dialogues know a phone. Returns out. */
const char *lookup_who(const struct lookup *, const char *phone,
    char out[KEYHASH_SIZE]);

const struct phrases *lookup_phrases(const struct lookup *);

#endif
