/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One worker process. It is started with its end of a socketpair on descriptor
 * 3, watched, killed when it is late, and reaped. This file does not know what
 * is said on the channel.
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
	/* The process is dead and reaped; all that it said has been handed
	 * over. why: one sentence. The owner calls process_free(), here or
	 * later. */
	void (*on_dead)(const char *why, void *arg);
};

/* Starts path. Returns NULL (logged) when that is impossible now. */
struct process *process_new(struct event_base *, const char *path,
    const struct process_hooks *, void *arg);

/* Lets a living process go: it sees its channel end, finishes what it has in
 * hand and exits by itself. */
void process_free(struct process *);

void process_send(struct process *, uint16_t type, const void *payload,
    size_t n);

/* Kills the process when deadline_ms pass before the next call of this
 * function. what: names the work in the sentence about its death. 0: it is
 * idle, and is killed when it says nothing for three of its own rounds. */
void process_expect(struct process *, const char *what, uint32_t deadline_ms);

/* Is the process in time with its work and its next word? */
bool process_is_fresh(const struct process *);

/* Sends SIGKILL and notes the reason. */
void process_kill(struct process *, const char *why);

int process_pid(const struct process *);

#endif
