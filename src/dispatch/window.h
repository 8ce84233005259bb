/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hours in which notices may go out, in the gateway's time zone (the
 * process's TZ).
 */
#ifndef DISPATCH_WINDOW_H
#define DISPATCH_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* from, to: minutes of the local day, 0 to 1440, from < to. */
bool window_is_open(int from, int to, int64_t now_ms);

/* Milliseconds until the window opens or closes next; never 0. */
int64_t window_until_turn_ms(int from, int to, int64_t now_ms);

#endif
