/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Encoders and decoders of calls.def.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "redis/calls.h"

/* --- arguments ------------------------------------------------------------ */

#define PUT_word(name)	  words_put(w, a->name);
#define PUT_maybe(name)	  words_put(w, a->name);
#define PUT_number(name)  words_put_number(w, a->name);
#define PUT_real(name)	  words_put_real(w, a->name);
#define PUT_flag(name)	  words_put_flag(w, a->name);
#define PUT_words(name)	  words_put_list(w, a->name);
#define PUT_lists(name)	  words_put_lists(w, a->name);
#define PUT_pairs(name)	  words_put_pairs(w, a->name);
#define PUT_numbers(name) words_put_numbers(w, a->name, a->n_##name);
#define PUT_one(name, of) words_put(w, a->name);
#define PUT_maybe_one(name, of) words_put(w, a->name);
#define PUT_group(name, of)                                                   \
	words_put_flag(w, a->name != NULL);                                   \
	if (a->name != NULL)                                                  \
		put_##of(w, a->name);
#define PUT_rows(name, of)                                                    \
	words_put_number(w, (int64_t)a->n_##name);                            \
	for (size_t i = 0; i < a->n_##name; i++)                              \
		put_##of(w, &a->name[i]);
#define PUT(type, name)	      PUT_##type(name)
#define PUT_OF(type, name, of) PUT_##type(name, of)

#define PUT_ROW(NAME, name)                                                   \
	static void                                                           \
	put_##name(struct call_words *w, const struct call_##name *a)         \
	{                                                                     \
		ROW_##NAME(PUT, PUT_OF)                                       \
	}
CALL_ROWS(PUT_ROW)

#define PUT_CALL(NAME, name, right)                                           \
	struct call_words                                                     \
	name##_words(const struct name##_args *a)                             \
	{                                                                     \
		struct call_words words = {0}, *w = &words;                   \
                                                                              \
		(void)w;                                                      \
		(void)a;                                                      \
                                                                              \
		CALL_##NAME(PUT, PUT_OF)                                      \
		return words;                                                 \
	}
CALLS(PUT_CALL)

void
common_put(struct call_words *w, const struct common_args *a)
{
	CALL_COMMON(PUT, PUT_OF)
}

/* --- answers -------------------------------------------------------------- */

/* A field of the answer. Returns NULL when it is missing or has another
 * type. */
static const json_t *
member(const json_t *result, const char *name, bool is_right(const json_t *))
{
	const json_t *value = json_object_get(result, name);

	if (value == NULL || json_is_null(value))
		return NULL;
	if (is_right(value))
		return value;
	log_error("answer_mistyped", "field=%s", name);
	return NULL;
}

static bool
is_word(const json_t *value)
{
	return json_is_string(value);
}

static bool
is_number(const json_t *value)
{
	return json_is_number(value);
}

static bool
is_flag(const json_t *value)
{
	return json_is_boolean(value);
}

static bool
is_nested(const json_t *value)
{
	return json_is_array(value) || json_is_object(value);
}

static const char *
get_word(const json_t *result, const char *name)
{
	const char *word = json_string_value(member(result, name, is_word));

	return word != NULL ? word : "";
}

static int64_t
get_number(const json_t *result, const char *name)
{
	return (int64_t)json_number_value(member(result, name, is_number));
}

static bool
get_flag(const json_t *result, const char *name)
{
	const json_t *flag = member(result, name, is_flag);

	return flag != NULL && json_is_true(flag);
}

#define GET_word(name)	 out->name = get_word(result, #name);
#define GET_number(name) out->name = get_number(result, #name);
#define GET_flag(name)	 out->name = get_flag(result, #name);
#define GET_json(name)	 out->name = member(result, #name, is_nested);
#define GET_words(name)	 out->name = member(result, #name, is_nested);
#define GET_one(name, of) out->name = get_word(result, #name);
#define GET(type, name)	 GET_##type(name)
#define GET_OF(type, name, of) GET_##type(name, of)

#define READ_ANSWER(NAME, name, right)                                        \
	void                                                                  \
	name##_result_read(const json_t *result, struct name##_result *out)   \
	{                                                                     \
		(void)result;                                                 \
		(void)out;                                                    \
		ANSWER_##NAME(GET, GET_OF)                                    \
	}
CALLS(READ_ANSWER)

/* --- copies --------------------------------------------------------------- */

static void
copy(const char **word)
{
	if (*word != NULL)
		*word = xstrdup(*word);
}

static void
drop(const char *word)
{
	free((void *)(uintptr_t)word);
}

#define COPY_word(name)	   copy(&out.name);
#define COPY_maybe(name)   copy(&out.name);
#define COPY_number(name)
#define COPY_real(name)
#define COPY_flag(name)
#define COPY_words(name)   out.name = NULL;
#define COPY_numbers(name) out.name = NULL, out.n_##name = 0;
#define COPY_one(name, of) copy(&out.name);
#define COPY_maybe_one(name, of) copy(&out.name);
#define COPY(type, name)   COPY_##type(name)
#define COPY_OF(type, name, of) COPY_##type(name, of)

#define DROP_word(name)	   drop(a->name);
#define DROP_maybe(name)   drop(a->name);
#define DROP_number(name)
#define DROP_real(name)
#define DROP_flag(name)
#define DROP_words(name)
#define DROP_numbers(name)
#define DROP_one(name, of) drop(a->name);
#define DROP_maybe_one(name, of) drop(a->name);
#define DROP(type, name)   DROP_##type(name)
#define DROP_OF(type, name, of) DROP_##type(name, of)

#define COPY_CALL(NAME, name)                                                 \
	struct name##_args                                                    \
	name##_args_dup(const struct name##_args *args)                       \
	{                                                                     \
		struct name##_args out = *args;                               \
                                                                              \
		CALL_##NAME(COPY, COPY_OF)                                    \
		return out;                                                   \
	}                                                                     \
                                                                              \
	void                                                                  \
	name##_args_clear(struct name##_args *a)                              \
	{                                                                     \
		CALL_##NAME(DROP, DROP_OF)                                    \
		memset(a, 0, sizeof(*a));                                     \
	}
KEPT_CALLS(COPY_CALL)
