/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The library of Redis functions on a server. Its name carries a digest of
 * its text, so that gateways of two releases can share a server while one
 * replaces the other.
 */
#ifndef REDIS_LIBRARY_H
#define REDIS_LIBRARY_H

#include <jansson.h>

#include "redis/redis.h"

/* "baotin_" and twelve hexadecimal digits. */
const char *library_name(void);

/* Sends the library to the server, which may have it already. Before anything
 * else is asked, or a call would come late and out of its order. */
/* The whole of it, for FUNCTION LOAD. */
const char *library_text(void);

void library_load(struct redis *);

/* Deletes the libraries of other releases from the server. in_use: names that
 * living gateways still call, an array of strings, borrowed. If a gateway with
 * another prefix still calls a deleted one, it sends the library again. */
void library_clean(struct redis *, const json_t *in_use);

#endif
