/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One worker process: started with its end of a socketpair on descriptor 3,
 * watched, killed, buried. Knows nothing of what is said on the channel.
 */
#ifndef MODEM_PROCESS_H
#define MODEM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct process;

struct process_hooks {
	void (*on_frame)(uint16_t type, const uint8_t *payload, size_t n,
	    void *arg);
	/* The process is dead and reaped; all that it had said came before.
	 * why: one sentence. process_free() is the owner's, here or later. */
	void (*on_dead)(const char *why, void *arg);
};

/* Starts path. NULL (logged) when that is impossible now. */
struct process *process_new(struct event_base *, const char *path,
    const struct process_hooks *, void *arg);

/* Lets a living process go: it sees its channel end, finishes what it has
 * in hand and exits by itself. */
void process_free(struct process *);

void process_send(struct process *, uint16_t type, const void *payload,
    size_t n);

/* Kills it when deadline_ms pass before the next call of this function;
 * what: for the obituary. 0: it is idle, and killed when it says nothing for
 * three of its own rounds. */
void process_expect(struct process *, const char *what, uint32_t deadline_ms);

/* Is it not late with what it must finish, or with its next word? */
bool process_is_fresh(const struct process *);

/* SIGKILL, for this reason. */
void process_kill(struct process *, const char *why);

int process_pid(const struct process *);

#endif
