/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of the control sockets share: admin_new() with fake hooks
 * and a private redis-server in a folder of its own, baotinctl as a child
 * process, raw sockets that may misbehave, all in one event loop.
 */
#ifndef TESTS_ADMIN_WORLD_H
#define TESTS_ADMIN_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "admin/admin.h"
#include "base/clock.h"

#define DEADLINE_MS 20000

struct world {
	char dir[64], control[96], status[96], redis_socket[96];
	struct event_base *base;
	struct conf *conf;
	struct redis *redis;
	struct admin *admin;
	pid_t redis_pid;		/* 0: there is none */
	struct admin_request *held;	/* by the send hook */
	bool holds;
	char sent[128];			/* what a hook was told */
	int64_t since;
	char out[262144], err[8192];	/* of the last baotinctl */
};

struct world *the_world(void);

/* For cmocka's group. */
int world_begin(void **state);
int world_end(void **state);

/* The sockets, anew: admin is NULL when they can't be opened. */
void world_open(void);

/* One turn of the loop, a few milliseconds at most. */
void turn(void);

#define until(condition)                                                      \
	do {                                                                  \
		int64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;          \
									      \
		while (!(condition)) {                                        \
			assert_true(clock_mono_ms() < deadline_ms);           \
			turn();                                               \
		}                                                             \
	} while (0)

/* Runs baotinctl with these arguments up to NULL; its exit status. Then out
 * and err hold what it said. */
int ctl(const char *first, ...) __attribute__((sentinel));

#define on_control(...)                                                       \
	ctl("-s", the_world()->control, __VA_ARGS__, (char *)NULL)
#define on_status(...)                                                        \
	ctl("-s", the_world()->status, __VA_ARGS__, (char *)NULL)

/* A client without manners; its descriptor does not block. */
int raw_open(const char *path);
void raw_send(int fd, uint16_t type, const void *payload, size_t n);
void raw_text(int fd, const char *text);
/* Has the daemon hung up? What it said before goes nowhere. */
bool is_hung_up(int fd);
void assert_alive(void);

/* Is there a redis-server? Then it is up and empty, else the test is
 * skipped. */
bool has_redis(void);
/* One command, its words parted by blanks. */
void redis_do(const char *command);
json_int_t redis_xlen(const char *key);

#endif
