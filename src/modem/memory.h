/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon remembers of modems and SIMs over restarts: modems.json in
 * state_dir. Only the daemon writes it, and rarely. When the file can't be
 * read, the daemon starts without these memories.
 */
#ifndef MODEM_MEMORY_H
#define MODEM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Returns what was remembered under these words ("sims", imsi, "imei"), or
 * "". */
void modem_memory_get(const char *state_dir, const char *kind, const char *name,
    const char *key, char *out, size_t size);

/* Remembers it; does nothing when the value is the same. Returns 0, or -1
 * (logged). */
int modem_memory_set(const char *state_dir, const char *kind, const char *name,
    const char *key, const char *value);

#endif
