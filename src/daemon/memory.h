/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Words that must be known after a restart, such as what an operator wants of
 * a modem, or which SIM was in it.
 *
 * owns: the file memory.json in state_dir.
 */
#ifndef DAEMON_MEMORY_H
#define DAEMON_MEMORY_H

struct memory;

/* Reads what an earlier run left, if there is any. */
struct memory *memory_new(const char *state_dir);
void memory_free(struct memory *);

/* kind: "sim", "wish" …; of: a modem's name, or "". "" until it was set.
 * Borrowed, until it is set again. */
const char *memory_get(const struct memory *, const char *kind,
    const char *of);
/* Written at once when it is another word than before. */
void memory_set(struct memory *, const char *kind, const char *of,
    const char *word);

#endif
