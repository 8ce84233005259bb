/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What must be done between "Redis is there" and "read, lease, send". The
 * gateway's name must be ours. A server that lost its newest data (failover,
 * restored backup) must first hear all that our journals and modems know
 * better.
 *
 * owns: whether reader, list, dispatch and modems may begin.
 */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct gate;

/* Each hook gets the daemon. */
struct gate_hooks {
	/* The gate has just opened; reader and dispatch go on after this
	 * call. */
	void (*on_open)(struct daemon *);
	/* Nothing is left that the start must wait for: the daemon counts as
	 * started. May be called more than once. */
	void (*on_ready)(struct daemon *);
	/* Another daemon runs under our name. holder: part of a sentence. */
	void (*on_taken)(struct daemon *, const char *holder);
};

/* Borrows the hooks. */
struct gate *gate_new(struct daemon *, const struct gate_hooks *);
void gate_free(struct gate *);

void gate_up(struct gate *);
void gate_down(struct gate *);

/* A reload has changed the list of modems. */
void gate_reload(struct gate *);

bool gate_is_open(const struct gate *);
/* A word for people: "open", "key_changed" …. */
const char *gate_state(const struct gate *);
/* The name is ours, and what our journals know is in Redis or on its way. */
bool gate_may_start_modems(const struct gate *);

/* Reports a message that a modem has in its hands now. */
void gate_in_hand(struct gate *, const char *modem, const char *imsi,
    const char *message, const char *about, uint32_t fence);

#endif
