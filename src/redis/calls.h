/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arguments and answers of each function in the library, as structs, from
 * calls.def: struct NAME_args and struct NAME_result. All strings and lists in
 * them are borrowed.
 */
#ifndef REDIS_CALLS_H
#define REDIS_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "redis/calls.def"
#include "redis/words.h"

#define FIELD_word(name)    const char *name;
#define FIELD_maybe(name)   const char *name;
#define FIELD_number(name)  int64_t name;
#define FIELD_real(name)    double name;
#define FIELD_flag(name)    bool name;
#define FIELD_words(name)   const json_t *name;
#define FIELD_lists(name)   const json_t *name;
#define FIELD_pairs(name)   const json_t *name;
#define FIELD_json(name)    const json_t *name;
#define FIELD_numbers(name)                                                   \
	const int64_t *name;                                                  \
	size_t n_##name;
#define FIELD_one(name, of) const char *name;
#define FIELD_maybe_one(name, of) const char *name;
#define FIELD_group(name, of) const struct call_##of *name;
#define FIELD_rows(name, of)                                                  \
	const struct call_##of *name;                                         \
	size_t n_##name;
#define FIELD(type, name)     FIELD_##type(name)
#define FIELD_OF(type, name, of) FIELD_##type(name, of)

#define ROW_STRUCT(NAME, name)                                                \
	struct call_##name {                                                  \
		ROW_##NAME(FIELD, FIELD_OF)                                   \
	};
CALL_ROWS(ROW_STRUCT)
#undef ROW_STRUCT

#define CALL_STRUCTS(NAME, name, right)                                       \
	struct name##_args {                                                  \
		CALL_##NAME(FIELD, FIELD_OF)                                  \
	};                                                                    \
	struct name##_result {                                                \
		ANSWER_##NAME(FIELD, FIELD_OF)                                \
	};                                                                    \
	/* The words of these arguments; the caller's. */                     \
	struct call_words name##_words(const struct name##_args *);           \
	/* result: an object, or NULL. A field that it lacks is read as "" or
	 * 0. */           \
	void name##_result_read(const json_t *result,                         \
	    struct name##_result *out);
CALLS(CALL_STRUCTS)
#undef CALL_STRUCTS

/* The settings that every call sends in front of its own arguments. */
struct common_args {
	CALL_COMMON(FIELD, FIELD_OF)
};
void common_put(struct call_words *, const struct common_args *);

#undef FIELD
#undef FIELD_OF

/* For calls that must wait for Redis: copies all strings, for args_free_NAME().
 * Only for calls whose arguments are words, numbers and flags; lists are left
 * out. */
#define CALL_COPIES(NAME, name)                                               \
	struct name##_args name##_args_dup(const struct name##_args *);       \
	void name##_args_clear(struct name##_args *);
KEPT_CALLS(CALL_COPIES)
#undef CALL_COPIES

#endif
