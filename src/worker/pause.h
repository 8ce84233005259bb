/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Limits libgammu's pauses.
 */
#ifndef WORKER_PAUSE_H
#define WORKER_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

/* Sets a function that runs in each of libgammu's pauses: 100 times a second
 * while libgammu waits for the modem. It must not call the library. */
void pause_tick(void (*tick)(void *), void *arg);

/* From now on no usleep() in this process takes longer than cap_ms. */
void pause_cap(uint32_t cap_ms);
uint32_t pause_cap_ms(void);

/* Does this process use the usleep() of pause.c, and was it called? */
bool pause_is_ours(void);

#endif
