/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * That there is only one of us.
 *
 * owns: the lock on state_dir (baotind.lock), the gateway's name in Redis
 *	and its heartbeat.
 * promises: on_ours only while no other daemon has the name; the name of a
 *	daemon that was killed here is taken over at once, that of one that
 *	died elsewhere after its time (STORE_NAME_TTL_MS).
 */
#ifndef DAEMON_INSTANCE_H
#define DAEMON_INSTANCE_H

#include <stdbool.h>

#include <jansson.h>

struct conf;
struct event_base;
struct instance;
struct store;

struct instance_hooks {
	/* The name is ours on the server that we reached last. */
	void (*on_ours)(void *arg);
	/* It may not be ours any more: lease nothing. */
	void (*on_doubt)(void *arg);
	/* A heartbeat was answered while it is ours. */
	void (*on_beat)(void *arg);
	/* Somebody else lives under it: end. holder: a sentence's part. */
	void (*on_taken)(const char *holder, void *arg);
};

/* Locks state_dir. NULL (told on stderr) when another daemon has it. */
struct instance *instance_lock(const struct conf *);
/* Gives the lock back. */
void instance_free(struct instance *);

/* From now on the hooks come. Borrows store and conf. */
void instance_start(struct instance *, struct event_base *,
    const struct conf *, struct store *, const struct instance_hooks *,
    void *arg);

/* Redis takes writes, perhaps another one; it does not any more. */
void instance_up(struct instance *);
void instance_down(struct instance *);

bool instance_is_ours(const struct instance *);

/* This gateway has told the server all that it may lack. */
void instance_synced(struct instance *);
/* Living gateways that have not yet, at the last heartbeat. */
unsigned instance_others(const struct instance *);
/* Gateways without whose word nothing is leased, as in redis/claim.h; NULL:
 * none. Borrowed. */
const json_t *instance_untold(const struct instance *);

/* At a clean end: whoever comes next need not wait. True when that is done
 * or can't be. */
bool instance_release(struct instance *);
void instance_stop(struct instance *);

#endif
