/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What citizens' questions need of Redis: counting and judging them, and the
 * dialogues under way. lookup/ask.h says what a question is.
 */
#ifndef REDIS_LOOKUP_H
#define REDIS_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct store;

/* See scripts/ask.lua for the fields and what it returns. who: a hash of
 * the phone. key NULL: the own list. */
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

/* The second factor of that question was right. Nobody waits for it. */
void store_asked(struct store *, const struct store_question *,
    const json_t *result);

/* Is there a Redis to ask? */
bool store_is_up(const struct store *);

/* The one dialogue of a phone, as text; NULL when there is none. It goes
 * after ttl_ms. Setting it is not waited for; the next get sees it. */
typedef void store_dialogue(const char *text, const char *error, void *arg);
void store_dialogue_get(struct store *, const char *who, store_dialogue *,
    void *arg);
void store_dialogue_set(struct store *, const char *who, const char *text,
    int64_t ttl_ms);

#endif
