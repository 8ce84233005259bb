/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words that stand in front of the arguments of every call: CALL_COMMON
 * of calls.def.
 */
#ifndef REDIS_COMMON_H
#define REDIS_COMMON_H

#include "redis/words.h"

struct conf;

/* Adds them; prefix: of the keys. */
void call_common_put(struct call_words *, const char *prefix,
    const struct conf *);

/* All words of a call behind FCALL, its name and 0; the caller's. Takes
 * args. */
struct call_words call_words_of(const struct conf *, struct call_words *args);

#endif
