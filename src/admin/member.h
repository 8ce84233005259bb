/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the objects of a snapshot (admin/snapshot.h).
 */
#ifndef ADMIN_MEMBER_H
#define ADMIN_MEMBER_H

#include <stdbool.h>

#include <jansson.h>

/* A text, borrowed; "" when it is not there. */
const char *text_of(const json_t *object, const char *key);
/* A number; 0 when it is not there. */
double number_of(const json_t *object, const char *key);

/* modem: an object of "modems". Can it send now? */
bool can_send(const json_t *modem);

#endif
