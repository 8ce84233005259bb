/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of commands.def and how typed words find their row: an exact
 * word wins, else an unambiguous prefix is enough. Shared by the daemon,
 * which dispatches with it, and by baotinctl, which prints help from it.
 */
#ifndef IPC_COMMANDS_H
#define IPC_COMMANDS_H

#include <stddef.h>

#include "ipc/commands.def"

enum command_id {
#define C(name, words, arguments, least, most, right, line, more)             \
	COMMAND_##name,
	COMMANDS(C)
#undef C
	COMMAND_END,
};

enum command_right {
	COMMAND_LOCAL,		/* baotinctl answers by itself */
	COMMAND_READ,
	COMMAND_LOOK,		/* reads, and tells of persons */
	COMMAND_CHANGE,
};

#define COMMAND_ERROR_SIZE 512

struct command {
	enum command_id id;
	const char *words;	/* "rejected requeue" */
	const char *arguments;	/* "ID|all [field=value...]" */
	size_t least, most;
	enum command_right right;
	const char *line;	/* a sentence */
	const char *more;	/* more sentences, or "" */
};

/* COMMAND_END rows, in the order of the file. */
const struct command *commands(void);

/* The row that n words begin with; *used is how many of them it took, the
 * rest are arguments. NULL with a sentence in error when there is none, or
 * more than one. Counts no arguments. */
const struct command *command_find(const char *const *words, size_t n,
    size_t *used, char error[COMMAND_ERROR_SIZE]);

/* Any row whose first word this is, or is short for. NULL as above. */
const struct command *command_find_first(const char *word,
    char error[COMMAND_ERROR_SIZE]);

/* Has the row this many arguments? 0, or -1 with a sentence in error. */
int command_check(const struct command *, size_t n,
    char error[COMMAND_ERROR_SIZE]);

/* The i-th argument's name in the row ("NUMBER", "field=value"), without
 * brackets and dots; past the end the last one again. Returns buf. */
const char *command_argument(const struct command *, size_t i, char *buf,
    size_t size);

#endif
