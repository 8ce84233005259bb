/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A buffer of words that grows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "redis/words.h"

void
words_clear(struct call_words *words)
{
	free(words->text);
	memset(words, 0, sizeof(*words));
}

static void
put_octets(struct call_words *words, const char *text, size_t n)
{
	if (words->size - words->used < n) {
		words->size = (words->size + n) * 2;
		words->text = xreallocarray(words->text, words->size, 1);
	}
	memcpy(words->text + words->used, text, n);
	words->used += n;
}

void
words_append(struct call_words *words, struct call_words *from)
{
	if (from->n > 0)
		put_octets(words, from->text, from->used);
	words->n += from->n;
	words_clear(from);
}

struct call_words
words_copy(const struct call_words *words)
{
	struct call_words copy = {0};

	if (words->n > 0)
		put_octets(&copy, words->text, words->used);
	copy.n = words->n;
	return copy;
}

void
words_put(struct call_words *words, const char *word)
{
	if (word == NULL)
		word = "";
	put_octets(words, word, strlen(word) + 1);
	words->n++;
}

void
words_put_number(struct call_words *words, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	words_put(words, text);
}

void
words_put_real(struct call_words *words, double number)
{
	char text[40];

	/* The daemon never sets a locale, so the decimal mark is a point. */
	(void)snprintf(text, sizeof(text), "%.17g", number);
	words_put(words, text);
}

void
words_put_flag(struct call_words *words, bool flag)
{
	words_put(words, flag ? "1" : "0");
}

void
words_put_numbers(struct call_words *words, const int64_t *numbers, size_t n)
{
	words_put_number(words, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		words_put_number(words, numbers[i]);
}

void
words_put_list(struct call_words *words, const json_t *array)
{
	const json_t *word;
	size_t i;

	words_put_number(words, (int64_t)json_array_size(array));
	json_array_foreach(array, i, word)
		words_put(words, json_string_value(word));
}

void
words_put_lists(struct call_words *words, const json_t *arrays)
{
	const json_t *array;
	size_t i;

	words_put_number(words, (int64_t)json_array_size(arrays));
	json_array_foreach(arrays, i, array)
		words_put_list(words, array);
}

void
words_put_pairs(struct call_words *words, const json_t *object)
{
	const char *name;
	json_t *value;

	words_put_number(words, (int64_t)json_object_size(object));
	json_object_foreach((json_t *)(uintptr_t)object, name, value) {
		words_put(words, name);
		if (json_is_integer(value))
			words_put_number(words, json_integer_value(value));
		else
			words_put(words, json_string_value(value));
	}
}

void
words_list(const struct call_words *words, const char **out)
{
	const char *at = words->text;

	for (size_t i = 0; i < words->n; i++) {
		out[i] = at;
		at += strlen(at) + 1;
	}
}
