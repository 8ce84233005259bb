/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Says what the gateway would do with an event, without doing it.
 */
#ifndef DAEMON_PLAN_H
#define DAEMON_PLAN_H

#include <jansson.h>

/* fields: name, value, name, value …. Returns NULL when the intake would take
 * these fields now, else {"field", "error"}, which the caller frees. */
json_t *plan_check(const json_t *fields, void *arg);

/* For admin_hooks: fields (name, value, name, value …) to an object, for the
 * caller to free. Either {"field", "error"}: the intake would reject it. Or
 * {"dossier", "status", "agency", "phone", "hashes": [of the phone], "id": the
 * message's, "content": what it says, "is_by_content", "change_at"} and either
 * "why": the word why there is no text, or {"texts": [{"lang", "accents",
 * "text", "coding", "segments"}, …], what the agency wants first, then what
 * citizens may have asked for, "pool", "modem": which is preferred, or "",
 * "at": when it would go out, "waits_for": "window", "not_before" or ""}. */
json_t *plan_event(const json_t *fields, void *arg);

#endif
