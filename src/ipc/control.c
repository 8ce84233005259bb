/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The control sockets' payloads. Whatever bytes come in, the worst answer
 * is "no": nothing here ends the program.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipc/control.h"

char *
control_request_encode(const char *const *words, size_t n,
    const json_t *rows)
{
	json_t *list = json_array(), *request;
	char *text = NULL;

	for (size_t i = 0; i < n; i++) {
		/* NULL, when the word is no UTF-8, makes this fail. */
		if (json_array_append_new(list, json_string(words[i])) == -1) {
			json_decref(list);
			return NULL;
		}
	}
	request = json_pack("{s:o}", "words", list);
	if (rows != NULL)
		(void)json_object_set_new(request, "rows",
		    json_deep_copy(rows));
	if (request != NULL)
		text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	if (text != NULL && strlen(text) > CONTROL_LIMIT) {
		free(text);
		return NULL;
	}
	return text;
}

static char **
words_of(const json_t *list, size_t *n_words)
{
	size_t count = json_array_size(list), size = 0, i;
	const json_t *word;
	char **out, *p;

	if (count == 0 || count > CONTROL_WORDS_MAX)
		return NULL;
	json_array_foreach(list, i, word) {
		if (!json_is_string(word))
			return NULL;
		size += json_string_length(word) + 1;
	}
	out = xmalloc((count + 1) * sizeof(*out) + size);
	p = (char *)(out + count + 1);
	json_array_foreach(list, i, word) {
		out[i] = p;
		memcpy(p, json_string_value(word),
		    json_string_length(word) + 1);
		p += json_string_length(word) + 1;
	}
	out[count] = NULL;
	*n_words = count;
	return out;
}

static bool
are_rows(const json_t *rows)
{
	size_t count = json_array_size(rows), i;
	json_t *row, *value;
	const char *name;

	if (count == 0 || count > CONTROL_ROWS_MAX)
		return false;
	json_array_foreach(rows, i, row) {
		if (json_object_size(row) == 0)
			return false;
		json_object_foreach(row, name, value)
			if (!json_is_string(value))
				return false;
	}
	return true;
}

char **
control_request_decode(const uint8_t *data, size_t n, size_t *n_words,
    json_t **rows)
{
	json_t *request = json_loadb((const char *)data, n,
	    JSON_REJECT_DUPLICATES, NULL);
	char **out = NULL;

	*rows = json_object_get(request, "rows");
	if (json_object_size(request) == (*rows != NULL ? 2U : 1U) &&
	    (*rows == NULL || are_rows(*rows)))
		out = words_of(json_object_get(request, "words"), n_words);
	*rows = out != NULL ? json_incref(*rows) : NULL;
	json_decref(request);
	return out;
}

int
control_answer_decode(const uint8_t *data, size_t n,
    struct control_answer *out)
{
	json_t *answer = json_loadb((const char *)data, n, 0, NULL);
	json_t *result = json_object_get(answer, "result");
	const char *error = json_string_value(json_object_get(answer,
	    "error"));
	const char *zone = json_string_value(json_object_get(answer,
	    "zone"));
	json_int_t status = json_integer_value(json_object_get(answer,
	    "status"));
	json_t *ok = json_object_get(answer, "ok");
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (json_is_true(ok) && result != NULL) {
		rc = 0;
	} else if (json_is_false(ok) && error != NULL && status >= 1 &&
	    status <= 3) {
		out->status = (int)status;
		out->error = xstrdup(error);
		rc = 0;
	}
	if (rc == 0)
		out->result = json_incref(result);
	if (rc == 0 && zone != NULL)
		out->zone = xstrdup(zone);
	json_decref(answer);
	return rc;
}

void
control_answer_clear(struct control_answer *answer)
{
	free(answer->error);
	free(answer->zone);
	json_decref(answer->result);
	memset(answer, 0, sizeof(*answer));
}
