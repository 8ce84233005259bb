/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Help and manual page from the rows of ipc/commands.def.
 */
#include <string.h>

#include "ctl/help.h"
#include "ipc/commands.h"

#define LINE_WIDTH 76	/* columns */

static const char *
right_text(enum command_right right)
{
	switch (right) {
	case COMMAND_LOCAL:
		return "Needs no daemon.";
	case COMMAND_READ:
		return "Reads only: works on both sockets.";
	case COMMAND_LOOK:
		return "Reads only: works on both sockets, and is logged with "
		    "who asked, because it tells of persons.";
	case COMMAND_CHANGE:
		return "Changes something: needs the control socket, and is "
		    "logged with who asked.";
	}
	return "";
}

static void
usage_line(FILE *to, const struct command *row)
{
	fprintf(to, "%s%s%s", row->words, *row->arguments != '\0' ? " " : "",
	    row->arguments);
}

static void
list_commands(FILE *to)
{
	for (size_t i = 0; i < COMMAND_END; i++) {
		const struct command *row = &commands()[i];

		fputs("  ", to);
		usage_line(to, row);
		fprintf(to, "\n      %s\n", row->line);
	}
}

void
help_usage(FILE *to)
{
	fputs("usage: baotinctl [-s SOCKET] [-c FILE] [-j] [-l] COMMAND...\n"
	    "\n"
	    "  -s SOCKET   ask at this socket\n"
	    "  -c FILE     find the sockets in this configuration\n"
	    "  -j          JSON instead of text\n"
	    "  -l          wide tables: all that is known\n"
	    "  --help      this; --version: the version\n"
	    "\n"
	    "Words may be shortened as long as it is clear which is meant.\n"
	    "\n", to);
	list_commands(to);
}

/* Sentences broken at blanks. */
static void
paragraph(FILE *to, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column > 0 && column + 1 + n > LINE_WIDTH) {
			fputc('\n', to);
			column = 0;
		} else if (column > 0) {
			fputc(' ', to);
			column++;
		}
		fprintf(to, "%.*s", (int)n, text);
		column += n;
		text += n;
		text += strspn(text, " ");
	}
	if (column > 0)
		fputc('\n', to);
}

static void
help_row(FILE *to, const struct command *row)
{
	fputs("baotinctl ", to);
	usage_line(to, row);
	fputs("\n\n", to);
	paragraph(to, row->line);
	paragraph(to, row->more);
	paragraph(to, right_text(row->right));
}

/* All rows that begin with the same word as this one. */
static void
help_family(FILE *to, const struct command *found)
{
	size_t n = strcspn(found->words, " "), shown = 0;

	for (size_t i = 0; i < COMMAND_END; i++) {
		const struct command *row = &commands()[i];

		if (strcspn(row->words, " ") != n ||
		    strncmp(row->words, found->words, n) != 0)
			continue;
		if (shown++ > 0)
			fputc('\n', to);
		help_row(to, row);
	}
}

int
help_command(FILE *to, const char *const *words, size_t n, char *error)
{
	const struct command *row;
	size_t used;

	if (n == 0) {
		help_usage(to);
		return 0;
	}
	row = command_find_first(words[0], error);
	if (row == NULL)
		return -1;
	if (n == 1) {
		help_family(to, row);
		return 0;
	}
	row = command_find(words, n, &used, error);
	if (row == NULL)
		return -1;
	help_row(to, row);
	return 0;
}

/* Hyphens and leading dots as roff wants them. */
static void
roff(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '-' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
}

void
help_manual(FILE *to)
{
	for (size_t i = 0; i < COMMAND_END; i++) {
		const struct command *row = &commands()[i];

		fputs(".TP\n.B ", to);
		roff(to, row->words);
		if (*row->arguments != '\0') {
			fputs(" \\fI", to);
			roff(to, row->arguments);
			fputs("\\fR", to);
		}
		fputc('\n', to);
		roff(to, row->line);
		fputc('\n', to);
		if (*row->more != '\0') {
			roff(to, row->more);
			fputc('\n', to);
		}
		roff(to, right_text(row->right));
		fputc('\n', to);
	}
}
