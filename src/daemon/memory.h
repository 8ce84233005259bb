/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Words that the daemon must know after a restart, such as what an operator
 * wants of a modem, or which SIM was in it.
 *
 * owns: the file memory.json in state_dir.
 */
#ifndef DAEMON_MEMORY_H
#define DAEMON_MEMORY_H

struct memory;

/* Reads the file that an earlier run left, if there is one. */
struct memory *memory_new(const char *state_dir);
void memory_free(struct memory *);

/* kind: "sim", "wish" …. of: a modem's name, or "". Returns "" when the word
 * was never set. The result is borrowed until the word is set again. */
const char *memory_get(const struct memory *, const char *kind,
    const char *of);
/* Writes the file at once when the word is new. */
void memory_set(struct memory *, const char *kind, const char *of,
    const char *word);

#endif
