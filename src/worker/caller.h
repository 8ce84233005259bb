/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds the caller's number in +CLIP, or in AT+CLCC while the phone rings. Pure
 * functions.
 */
#ifndef WORKER_CALLER_H
#define WORKER_CALLER_H

#include <stdbool.h>
#include <stddef.h>

/* Reads "+CLIP: <number>,<type>,…" (3GPP TS 27.007 §7.6). Writes digits, with a
 * plus when the type says international; "" when the number is withheld or no
 * number. */
void caller_of_clip(const char *line, char *out, size_t size);

/* Finds the incoming call among the lines of AT+CLCC (§7.18). LTE modems
 * list data calls there, too. Returns false when no call rings, or it has no
 * number. */
bool caller_of_clcc(const char *lines, char *out, size_t size);

#endif
