/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What must be done between "Redis is there" and "read, lease, send": the
 * name must be ours, and a server that fell back in time (failover, restored
 * backup) must hear all that our journals and modems know better.
 *
 * owns: whether reader, list, dispatch and modems may begin.
 */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct gate;

/* Each gets the daemon. */
struct gate_hooks {
	/* The gate has just opened: before reader and dispatch go on. */
	void (*on_open)(struct daemon *);
	/* All that can be waited for is there: the daemon counts as started.
	 * Comes more than once. */
	void (*on_ready)(struct daemon *);
	/* Another daemon lives under our name; holder: a sentence's part. */
	void (*on_taken)(struct daemon *, const char *holder);
};

/* The hooks must stay. */
struct gate *gate_new(struct daemon *, const struct gate_hooks *);
void gate_free(struct gate *);

void gate_up(struct gate *);
void gate_down(struct gate *);

/* There are other modems now. */
void gate_reload(struct gate *);

bool gate_is_open(const struct gate *);
/* For people: "open", "key_changed" …. */
const char *gate_state(const struct gate *);
/* The name is ours, and what our journals know is told or on its way. */
bool gate_may_start_modems(const struct gate *);

/* A message that a modem has in its hands now. */
void gate_in_hand(struct gate *, const char *modem, const char *imsi,
    const char *message, const char *about, uint32_t fence);

#endif
