/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks that each message is where its state belongs, and that each set and
 * lane holds only what belongs there. It puts right what is wrong.
 *
 * promises: one call looks at few keys, and there is a pause between
 *	two. No message changes its state; whatever gets sent was waiting to
 *	be sent.
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

/* Ends a pass that is not done, without calling back. Allowed when no answer is
 * open. */
void store_repair_free(struct repair *);

#endif
