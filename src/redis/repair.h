/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Is each message where its state belongs, and does each set and line hold
 * only what belongs there? What is not so is put right.
 *
 * promises: one call looks at few keys, and there is a pause between two; no
 *	message changes its state; what is sent was waiting to be sent.
 */
#ifndef REDIS_REPAIR_H
#define REDIS_REPAIR_H

#include <jansson.h>

struct event_base;
struct repair;
struct store;

/* result: {"looked": how many messages and entries, "repaired": how many
 * faults, "kinds": {what: how many, …}}, borrowed; NULL with error. */
typedef void store_repaired(const json_t *result, const char *error,
    void *arg);
struct repair *store_repair(struct store *, struct event_base *,
    store_repaired *, void *arg);

/* Ends one that is not done, without a word; when no answer is open. */
void store_repair_free(struct repair *);

#endif
