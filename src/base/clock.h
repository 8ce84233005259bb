/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two clocks. Wall times end in _at and are for people and for rules
 * about the day; monotonic ones end in _deadline and are for waiting.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ms(void);

/* Milliseconds since some fixed moment; never goes back. */
int64_t clock_mono_ms(void);

/* The same, but it goes on while the machine sleeps: how long something has
 * been so for people. */
int64_t clock_boot_ms(void);

/* Microseconds of clock_mono_ms(). */
int64_t clock_mono_us(void);

#endif
