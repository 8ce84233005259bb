/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arguments of a call as Redis gets them: words, one after the other.
 */
#ifndef REDIS_WORDS_H
#define REDIS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* `text` holds the words one behind the other, each with its NUL. */
struct call_words {
	char *text;
	size_t used, size;
	size_t n;
};

void words_clear(struct call_words *);

/* Moves the words of `from` behind ours; `from` is empty afterwards. */
void words_append(struct call_words *, struct call_words *from);

struct call_words words_copy(const struct call_words *);

/* Adds copies. NULL is an empty word. */
void words_put(struct call_words *, const char *word);
void words_put_number(struct call_words *, int64_t);
void words_put_real(struct call_words *, double);
void words_put_flag(struct call_words *, bool);

/* Each adds the number of items and then the items. json: an array of strings,
 * or an object of strings and whole numbers; NULL: none. */
void words_put_numbers(struct call_words *, const int64_t *, size_t n);
void words_put_list(struct call_words *, const json_t *array);
void words_put_lists(struct call_words *, const json_t *arrays);
void words_put_pairs(struct call_words *, const json_t *object);

/* Fills out[0] to out[n - 1]. They are borrowed. */
void words_list(const struct call_words *, const char **out);

#endif
