/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks for what is not known yet, a handful of entries at a time.
 */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "ctl/fate.h"

#define PATIENCE_MS 3000	/* without any news */
#define PAUSE_MS    20
#define AT_ONCE	    60		/* entries of a question */

/* The words of the next question; how many. */
static size_t
make_words(const json_t *entries, const json_t *known, const char **words)
{
	const json_t *entry;
	size_t n = 0, i;

	words[n++] = "outcome";
	json_array_foreach(entries, i, entry)
		if (n <= AT_ONCE && json_object_get(known,
		    json_string_value(entry)) == NULL)
			words[n++] = json_string_value(entry);
	return n;
}

static void
note(json_t *known, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *entry = json_string_value(json_object_get(row,
		    "entry"));
		const char *state = json_string_value(json_object_get(row,
		    "state"));

		if (entry != NULL && state != NULL && *state != '\0')
			(void)json_object_set(known, entry,
			    (json_t *)(uintptr_t)row);
	}
}

json_t *
fates_wait(const json_t *entries, fate_ask *ask, void *arg)
{
	const struct timespec pause = {0, PAUSE_MS * 1000000L};
	int64_t deadline = clock_mono_ms() + PATIENCE_MS;
	json_t *known = json_object();
	struct control_answer answer;
	const char *words[AT_ONCE + 1];

	while (json_object_size(known) < json_array_size(entries)) {
		size_t before = json_object_size(known);

		if (ask(words, make_words(entries, known, words), &answer,
		    arg) != 0)
			break;
		note(known, answer.result);
		control_answer_clear(&answer);
		if (json_object_size(known) > before)
			deadline = clock_mono_ms() + PATIENCE_MS;
		else if (clock_mono_ms() >= deadline)
			break;
		else
			(void)nanosleep(&pause, NULL);
	}
	return known;
}
