/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libgammu's pauses, capped.
 */
#ifndef WORKER_PAUSE_H
#define WORKER_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

/* From now on no usleep() in this process takes longer than cap_ms. */
void pause_cap(uint32_t cap_ms);
uint32_t pause_cap_ms(void);

/* Is the process's usleep() the one of pause.c, and has it been called? */
bool pause_is_ours(void);

#endif
