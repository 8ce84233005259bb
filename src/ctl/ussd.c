/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One request a screen, each with all inputs so far and the name of the
 * session, as a cumulative USSD gateway does it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctl/ussd.h"
#include "ctl/writer.h"

#define WORDS_MAX CONTROL_WORDS_MAX
#define LINE_SIZE 256

struct dialogue {
	const struct ussd_job *job;
	const char *words[WORDS_MAX];
	size_t n;		/* words in use */
	size_t first, last;	/* inputs of the command line: from, behind */
	char *typed[WORDS_MAX];	/* owned */
	size_t n_typed;
	char session[64];
};

/* "ussd-try [--phone NUMBER] CODE" with the session's name in front of the
 * code. 0, or -1: something is missing. */
static int
prepare(struct dialogue *d)
{
	const struct ussd_job *job = d->job;
	size_t i = 1;

	(void)snprintf(d->session, sizeof(d->session), "%ld-%lld",
	    (long)getpid(), (long long)clock_wall_ms());
	d->words[d->n++] = job->words[0];
	if (i + 1 < job->n && strcmp(job->words[i], "--phone") == 0) {
		d->words[d->n++] = job->words[i++];
		d->words[d->n++] = job->words[i++];
	}
	if (i == job->n || job->n + 2 > WORDS_MAX)
		return -1;
	d->words[d->n++] = "--session";
	d->words[d->n++] = d->session;
	d->words[d->n++] = job->words[i++];
	d->first = i;
	d->last = job->n;
	return 0;
}

/* The next input, without blanks around it; NULL: there is no more. */
static const char *
next_input(struct dialogue *d)
{
	char line[LINE_SIZE], *start = line;

	if (d->first < d->last)
		return d->job->words[d->first++];
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		printf("> ");
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return NULL;
	start += strspn(start, " \t");
	start[strcspn(start, "\r\n")] = '\0';
	return d->typed[d->n_typed++] = xstrdup(start);
}

static void
show_screen(const struct dialogue *d, const json_t *result)
{
	const char *text = json_string_value(json_object_get(result, "text"));

	if (d->job->is_json)
		writer_json(stdout, result);
	else
		printf("%s\n\n", text != NULL ? text : "");
}

/* One screen. 0: go on; 1: it was the last one; -1: *status says why not. */
static int
step(struct dialogue *d, int *status)
{
	struct control_answer answer;
	bool is_final;

	*status = d->job->ask(d->words, d->n, &answer, d->job->arg);
	if (*status != 0)
		return -1;
	if (answer.error != NULL)
		fprintf(stderr, "baotinctl: %s\n", answer.error);
	*status = answer.status;
	if (answer.status == 0)
		show_screen(d, answer.result);
	is_final = json_is_true(json_object_get(answer.result, "is_final"));
	control_answer_clear(&answer);
	return *status != 0 ? -1 : is_final ? 1 : 0;
}

int
ussd_run(const struct ussd_job *job)
{
	struct dialogue d = {.job = job};
	int status = 0;

	if (prepare(&d) == -1) {
		fprintf(stderr, "baotinctl: ussd-try wants the CODE that a "
		    "citizen dials, in quotes: \"*1022#\"\n");
		return 2;
	}
	while (step(&d, &status) == 0) {
		const char *input = next_input(&d);

		if (input == NULL || d.n == WORDS_MAX)
			break;
		d.words[d.n++] = input;
	}
	for (size_t i = 0; i < d.n_typed; i++)
		free(d.typed[i]);
	return status;
}
