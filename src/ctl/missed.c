/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each page is written before the next one is asked for, so that a list of any
 * length needs little memory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/csv.h"
#include "ctl/letters.h"
#include "ctl/missed.h"

#define CSV_HEAD "dossier,status,phone,state,reason,at,agency,message\r\n"

/* A letter is for somebody's dossier. 0, or -1: the page is none. */
static int
write_letters(FILE *to, const json_t *result, struct letters **letters)
{
	const json_t *rows = json_object_get(result, "undelivered"), *row;
	const char *page = json_string_value(json_object_get(result,
	    "template"));
	size_t i;

	if (*letters == NULL) {
		*letters = page != NULL ? letters_new(page) : NULL;
		if (*letters == NULL) {
			fprintf(stderr, "baotinctl: letter.html in "
			    "notices.templates lacks the line %s or %s\n",
			    LETTER_BEGIN, LETTER_END);
			return -1;
		}
		letters_head(*letters, to);
	}
	json_array_foreach(rows, i, row)
		if (json_string_length(json_object_get(row, "dossier")) > 0)
			letters_row(*letters, to, row);
	return 0;
}

/* Writes one answer. *next: where the page after it begins, owned, or NULL. */
static int
write_page(FILE *to, const struct missed_job *job, const json_t *result,
    struct letters **letters, char **next)
{
	const char *after = json_string_value(json_object_get(result, "next"));

	free(*next);
	*next = after != NULL ? xstrdup(after) : NULL;
	if (job->has_letters)
		return write_letters(to, result, letters);
	csv_rows(to, json_object_get(result, "undelivered"));
	return 0;
}

int
missed_run(FILE *to, const struct missed_job *job)
{
	const char *words[CONTROL_WORDS_MAX];
	struct letters *letters = NULL;
	struct control_answer answer;
	char *next = NULL;
	int status;

	if (job->n + 2 > CONTROL_WORDS_MAX)
		return 2;
	memcpy(words, job->words, job->n * sizeof(words[0]));
	words[job->n] = "--after";
	do {
		words[job->n + 1] = next;
		status = job->ask(words, job->n + (next != NULL ? 2 : 0),
		    &answer, job->arg);
		if (status != 0)
			break;
		if (answer.status != 0) {
			fprintf(stderr, "baotinctl: %s\n", answer.error);
			status = answer.status;
		} else {
			if (next == NULL && !job->has_letters)
				fputs(CSV_HEAD, to);
			if (write_page(to, job, answer.result, &letters,
			    &next) == -1)
				status = 1;
		}
		control_answer_clear(&answer);
	} while (status == 0 && next != NULL);
	if (status == 0 && letters != NULL)
		letters_tail(letters, to);
	letters_free(letters);
	free(next);
	return status;
}
