/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The names and values of an entry in either of its two forms: flat fields, or
 * one field `json` that holds an object.
 */
#ifndef INTAKE_FIELDS_H
#define INTAKE_FIELDS_H

#include <jansson.h>

#include "ipc/event.def"

/* Trimmed texts, owned. NULL when a field is absent or empty. */
struct fields {
#define X(name) char *name;
	EVENT_FIELDS(X)
#undef X
};

/* Returns 0, or -1 with *error and *field set to stable words. Unknown names
 * are ignored, so that a producer can add fields; the first time, the log has a
 * warning. fields_clear() frees, also after -1. */
int fields_read(const json_t *flat, struct fields *out, const char **error,
    const char **field);
void fields_clear(struct fields *);

#endif
