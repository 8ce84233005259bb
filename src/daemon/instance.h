/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes sure that only one daemon runs under this gateway's name.
 *
 * owns: the lock on state_dir (baotind.lock), the gateway's name in
 *	Redis and its heartbeat.
 * promises: calls on_ours only while no other daemon has the name. The
 *	name of a daemon that was killed on this machine is taken over at
 *	once, that of one that died elsewhere after its time
 *	(STORE_NAME_TTL_MS).
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
	/* The name may not be ours any more: lease nothing. */
	void (*on_doubt)(void *arg);
	/* Redis answered a heartbeat, and the name is ours. */
	void (*on_beat)(void *arg);
	/* Another daemon runs under our name: end. holder: part of a
	 * sentence. */
	void (*on_taken)(const char *holder, void *arg);
};

/* Locks state_dir. Returns NULL, with the reason on stderr, when another daemon
 * has the lock. */
struct instance *instance_lock(const struct conf *);
/* Releases the lock. */
void instance_free(struct instance *);

/* From now on the hooks are called. Borrows store and conf. */
void instance_start(struct instance *, struct event_base *,
    const struct conf *, struct store *, const struct instance_hooks *,
    void *arg);

/* instance_up(): Redis takes writes, maybe another server than before.
 * instance_down(): it does not any more. */
void instance_up(struct instance *);
void instance_down(struct instance *);

bool instance_is_ours(const struct instance *);

/* This gateway has reported to the server all that the server may lack. */
void instance_synced(struct instance *);
/* How many living gateways had not reported yet at the last heartbeat. */
unsigned instance_others(const struct instance *);
/* The gateways that must report before anything is leased, as in redis/claim.h;
 * NULL: none. Borrowed. */
const json_t *instance_untold(const struct instance *);

/* At a clean end: gives the name back, so that the next daemon need not wait.
 * Returns true when that is done or is impossible. */
bool instance_release(struct instance *);
void instance_stop(struct instance *);

#endif
