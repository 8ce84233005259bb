/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Redis stores the ids of all keys under which it holds hashes (never the keys
 * themselves). A gateway that lacks one of the keys would not recognise a
 * citizen who said DUNG.
 */
#ifndef REDIS_KEYS_H
#define REDIS_KEYS_H

#include <stdbool.h>

struct store;

/* foreign: ids of the keys that our file lacks, joined by ", "; "": none, and
 * our current key is noted. NULL on error. Borrowed. accept: first forget the
 * keys that our file lacks. */
typedef void store_keys_done(const char *foreign, const char *error,
    void *arg);
void store_keys(struct store *, bool accept, store_keys_done *, void *arg);

#endif
