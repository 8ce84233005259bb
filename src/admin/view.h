/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Redis holds, as JSON for people: hashes as objects, numbers as
 * numbers, and on the status socket no telephone number and no text.
 */
#ifndef ADMIN_VIEW_H
#define ADMIN_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin/request.h"

/* A message's or dossier's hash, from HGETALL's flat array. The fields that
 * people look for come first. An empty object when there is none. */
json_t *view_record(const struct admin_request *, const json_t *flat);

/* The same for a message: its text in one piece, and with the usual values that
 * Redis does not store. */
json_t *view_message(const struct admin_request *, const json_t *flat);

/* One entry of the rejected stream, from XRANGE. */
json_t *view_rejected(const struct admin_request *, const json_t *entry);

/* A number as this client may see it. value may be NULL. */
json_t *view_phone(const struct admin_request *, const char *value);

/* Turns rows of an answer (arrays of values in the order of keys, which a NULL
 * ends) into objects: phone masked, moments as numbers, null as "". */
json_t *view_rows(const struct admin_request *, const json_t *rows,
    const char *const *keys);

/* The milliseconds in a stream's id ("1700000000000-0"); 0 for no id. */
int64_t view_id_ms(const char *id);

/* May a producer give this field? */
bool view_is_event_field(const char *name, size_t n);

#endif
