/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Moments and durations as people write them. Moments are milliseconds of
 * the wall clock since 1970 (UTC), durations milliseconds. The time zone is
 * the process's (TZ, set once at start by whoever reads gateway.timezone).
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#define WHEN_SIZE 40

/* ISO 8601 ("2026-11-22", "2026-11-22T08:30", "…:05", "….250", with "Z",
 * "+07:00", "+0700" or without offset: local time; a blank may stand for
 * "T") or epoch milliseconds (all digits, at least 9). 0, or -1: not such a
 * text, or no such date. Does not log. */
int when_parse(const char *text, int64_t *out_ms);

/* Can somebody mean this moment: is it in the years 2000 to 2099 (UTC)?
 * Seconds, micro- or nanoseconds since 1970 that are read as milliseconds
 * are not, nor are the years that programs make of an empty date. */
bool when_is_plausible(int64_t ms);

/* "2026-11-22T08:30:05.250+07:00" in local time. Returns buf. */
const char *when_format(int64_t ms, char buf[WHEN_SIZE]);

/* "22/11/2026" in local time, as the citizens read dates. Returns buf. */
const char *when_format_date(int64_t ms, char buf[WHEN_SIZE]);

/* How far local time is ahead of UTC at this moment, in milliseconds. */
int64_t when_zone_ms(int64_t ms);

/* "YYYY-MM-DD", a real day of the calendar: its year, month (1 to 12) and
 * day. 0 or -1. Does not log. */
int when_parse_date(const char *text, int *year, int *month, int *day);

/* "90", "90s", "15m", "48h", "30d": to milliseconds. Plain digits are
 * seconds. 0, or -1: not such a text or over 10 years. Does not log. */
int duration_parse(const char *text, int64_t *out_ms);

/* "2d", "36h", "90s", "0": in the largest unit that divides it, as
 * duration_parse() reads it; milliseconds are cut off. Returns buf. */
const char *duration_format(int64_t ms, char buf[WHEN_SIZE]);

#endif
