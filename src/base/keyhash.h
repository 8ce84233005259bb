/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keyed hashes of what must be recognised but not kept: HMAC-SHA-256 with
 * the installation's own key, so that nobody without the key can try all
 * ten thousand ID digits or all telephone numbers.
 */
#ifndef BASE_KEYHASH_H
#define BASE_KEYHASH_H

#define KEYHASH_SIZE 33 /* 32 hex digits, NUL */

struct keyhash;

/* Reads the key's file, or makes one (32 random bytes in hex, mode 0600)
 * where there is none. NULL (logged) when neither works. */
struct keyhash *keyhash_open(const char *file);
void keyhash_free(struct keyhash *);

/* Hash of the two texts, kept apart. Returns out. */
const char *keyhash_make(const struct keyhash *, const char *a,
    const char *b, char out[KEYHASH_SIZE]);

#endif
