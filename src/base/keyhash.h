/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keyed hashes of what must be recognised but not kept: HMAC-SHA-256 with
 * the installation's own keys, so that nobody without them can try all ten
 * thousand ID digits or all telephone numbers.
 *
 * The key file has one key a line, 64 hexadecimal digits; blank lines and
 * lines that start with # are passed over. The first key makes new hashes,
 * all of them recognise old ones: to rotate, put a new key in front. A key's
 * id is made from the key itself, so that the gateways which share keys
 * agree on it.
 */
#ifndef BASE_KEYHASH_H
#define BASE_KEYHASH_H

#include <stdbool.h>
#include <stddef.h>

#define KEYHASH_SIZE	 42	/* key id of 8, ":", 32 hex digits, NUL */
#define KEYHASH_KEYS_MAX 16

struct keyhash;

/* Reads the key file, or makes one (32 random bytes in hex, mode 0600)
 * where there is none. NULL (logged) when neither works. */
struct keyhash *keyhash_open(const char *file);
void keyhash_free(struct keyhash *);

/* Hash of the two texts, kept apart, with the current key: "1f2e3d4c:…".
 * Returns out. */
const char *keyhash_make(const struct keyhash *, const char *a,
    const char *b, char out[KEYHASH_SIZE]);

/* Is stored the hash of these texts with any key that is known? Takes the
 * same time for every hash of a known key. */
bool keyhash_matches(const struct keyhash *, const char *stored,
    const char *a, const char *b);

/* For who looks for a hash: the number of keys, and the hash with each, 0
 * the current key, then the older ones. */
size_t keyhash_count(const struct keyhash *);
const char *keyhash_id(const struct keyhash *, size_t i); /* borrowed */
const char *keyhash_at(const struct keyhash *, size_t i, const char *a,
    const char *b, char out[KEYHASH_SIZE]);

#endif
