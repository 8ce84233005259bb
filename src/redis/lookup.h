/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What citizens' questions need of Redis: counting and judging them, and the
 * open dialogues. lookup/ask.h explains a question.
 */
#ifndef REDIS_LOOKUP_H
#define REDIS_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct store;

/* scripts/ask.lua explains the fields and the answer. who: a hash of the phone.
 * key NULL: the own list. */
struct store_question {
	const char *who, *phone;
	const char *key, *digits;
	const char *front;	/* "ussd", "sms", "call" */
	const char *text;	/* id of the text that asks, or NULL */
	bool is_digits, has_factor, is_free, is_probe;
	unsigned first, count;
};
typedef void store_told(const json_t *result, const char *error, void *arg);
void store_ask(struct store *, const struct store_question *, store_told *,
    void *arg);

/* The second factor of that question was right. There is no answer. */
void store_asked(struct store *, const struct store_question *,
    const json_t *result);

/* Does Redis answer? */
bool store_is_up(const struct store *);

/* The one dialogue of a phone, as text; NULL when there is none. Redis deletes
 * it after ttl_ms. Setting it has no answer; the next get sees the new text. */
typedef void store_dialogue(const char *text, const char *error, void *arg);
void store_dialogue_get(struct store *, const char *who, store_dialogue *,
    void *arg);
void store_dialogue_set(struct store *, const char *who, const char *text,
    int64_t ttl_ms);

#endif
