/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All that Redis holds about one number: to be exported, or removed. Walks over
 * every key, some hundreds a step, so that Redis does other work in between.
 */
#ifndef REDIS_PRIVACY_H
#define REDIS_PRIVACY_H

#include <stdbool.h>

#include <jansson.h>

struct store;

/* export: {"dossiers": [record, …], "messages": […], "receipts": […],
 * "feedback": […], "rejected": […], "events": […] (of the stream, when they
 * are kept), "wishes": […], "keys": [{"key", "value"}, …], "is_whole":
 * false when there is more than PRIVACY_ROWS_MAX}.
 * erase: numbers, {"messages": …, "cancelled": …, "in_hands": …,
 * "dossiers": …, "keys": …, "rejected": …, "events": …}; no later event
 * brings the number back before its citizen wants notices again.
 * result: borrowed; NULL with error. */
#define PRIVACY_ROWS_MAX 1500
typedef void store_walked(const json_t *result, const char *error,
    void *arg);
void store_export(struct store *, const char *phone, store_walked *,
    void *arg);
void store_erase(struct store *, const char *phone, store_walked *,
    void *arg);

#endif
