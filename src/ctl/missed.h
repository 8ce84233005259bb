/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All of `undelivered`, page by page, as CSV or as letters.
 */
#ifndef CTL_MISSED_H
#define CTL_MISSED_H

#include <stdbool.h>
#include <stdio.h>

#include "ipc/control.h"

struct missed_job {
	const char *const *words;	/* as they were typed */
	size_t n;
	bool has_letters;		/* else CSV */
	/* One question; 0 with an answer, else the exit status (told). */
	int (*ask)(const char *const *words, size_t n,
	    struct control_answer *answer, void *arg);
	void *arg;
};

/* The exit status; what went wrong is told. */
int missed_run(FILE *, const struct missed_job *);

#endif
