/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libgammu's pauses, capped.
 */
#ifndef WORKER_PAUSE_H
#define WORKER_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

/* Called from each of libgammu's pauses: 100 times a second while it waits
 * for the modem. Must not call the library. */
void pause_tick(void (*tick)(void *), void *arg);

/* From now on no usleep() in this process takes longer than cap_ms. */
void pause_cap(uint32_t cap_ms);
uint32_t pause_cap_ms(void);

/* Is the process's usleep() the one of pause.c, and has it been called? */
bool pause_is_ours(void);

#endif
