/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Explains a word of reasons.def, states.def or errors.def. For an error it
 * also says what retry.errors of this gateway makes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/explain.h"
#include "daemon/reasons.def"
#include "daemon/state.h"
#include "dispatch/errors.h"

struct word_row {
	const char *word, *english, *vietnamese;
};

#define N(label, english, vietnamese) {label, english, vietnamese},
#define S(ID, label, place, retention, metric, traits, next, english,         \
    vietnamese)                                                               \
	{label, english, vietnamese},
static const struct word_row known[] = {
	REASONS_SUPPRESSED(N)
	REASONS_MESSAGE(N)
	REASONS_REJECTED(N)
	REASONS_PHONE(N)
	REASONS_ROW(N)
	REASONS_REPORT(N)
#include "message/states.def"
};
#undef S
#undef N

static const struct word_row *
find_word(const char *word)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].word, word) == 0)
			return &known[i];
	return NULL;
}

/* word: "cms_38", "error" or a word of the worker ("silent"). Returns NULL when
 * it is none of them. */
static const struct error_row *
find_error(const struct errors *errors, const char *word)
{
	const struct error_row *row;
	char *end;
	long code;

	if (strncmp(word, "cms_", 4) == 0) {
		code = strtol(word + 4, &end, 10);
		if (*end != '\0' || end == word + 4 || code < 0 ||
		    code > 65535)
			return NULL;
		return error_find(errors, (int32_t)code, NULL);
	}
	if (strcmp(word, "error") == 0)
		return error_find(errors, -1, NULL);
	for (unsigned i = 0; (row = error_row_at(i)) != NULL; i++)
		if (row->reason != NULL && strcmp(row->reason, word) == 0)
			return error_find(errors, 0, word);
	return NULL;
}

json_t *
explain_view(const char *word, void *arg)
{
	const struct daemon *d = arg;
	const struct error_row *error = find_error(d->errors, word);
	const struct word_row *row = find_word(word);

	if (error != NULL)
		return json_pack("{ss ss ss ss ss}", "word", word, "means",
		    error->sentence, "vietnamese",
		    error_class_vietnamese(error->class), "name", error->word,
		    "class", error_class_name(error->class));
	if (row != NULL)
		return json_pack("{ss ss ss}", "word", word, "means",
		    row->english, "vietnamese", row->vietnamese);
	return NULL;
}
