/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotinctl import and dry-run: a spreadsheet's rows to the daemon, a batch at
 * a time, and what it says of each.
 */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include <stdbool.h>

#include "ctl/fate.h"
#include "ipc/control.h"

struct import_job {
	const char *file;	/* "-": standard input */
	bool is_check, is_json;
	bool is_dry;		/* asks dry-run: nothing is imported */
	bool ignores_unknown;	/* columns that are no fields */
	/* Asks the daemon to take these rows: 0 with *answer, or the exit
	 * status, told. */
	int (*ask)(const json_t *rows, struct control_answer *answer,
	    void *arg);
	fate_ask *ask_words;	/* any other question */
	void *arg;
};

/* The report goes to stdout, the progress to stderr when that is a
 * terminal. Returns the exit status: 0 all rows were taken, 1 some were
 * not, 2 no such file or no such columns. */
int import_run(const struct import_job *);

#endif
