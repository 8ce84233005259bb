/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who calls: what +CLIP says, or AT+CLCC while it rings. Pure functions.
 */
#ifndef WORKER_CALLER_H
#define WORKER_CALLER_H

#include <stdbool.h>
#include <stddef.h>

/* "+CLIP: <number>,<type>,…" (3GPP TS 27.007 §7.6): digits, with a plus where
 * the type says international; "" when it is withheld or no number. */
void caller_of_clip(const char *line, char *out, size_t size);

/* The incoming call among the lines of AT+CLCC (§7.18). LTE modems list data
 * calls there, too. False: none that rings, or no number in it. */
bool caller_of_clcc(const char *lines, char *out, size_t size);

#endif
