/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes the help and the manual page from the rows of usage.h.
 */
#include <stdio.h>

#include "daemon/usage.h"

static const struct {
	char letter;
	const char *name;
	const char *argument;
	const char *line;
	const char *more;
} rows[] = {
#define O(spec, letter, name, argument, line, more)                           \
	{letter, name, argument, line, more},
	USAGE_OPTIONS(O)
#undef O
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

void
usage_print(FILE *to)
{
	fputs("Usage: baotind [-f] [-t] [-c FILE]\n"
	    "Sends citizens the texts that dossier events in Redis call "
	    "for.\n"
	    "\n", to);
	for (size_t i = 0; i < N_ROWS; i++) {
		int n = fprintf(to, "  -%c, --%s%s%s", rows[i].letter,
		    rows[i].name, *rows[i].argument != '\0' ? "=" : "",
		    rows[i].argument);

		fprintf(to, "%*s%s\n", n < 21 ? 21 - n : 1, "", rows[i].line);
	}
	fputs("\n"
	    "Exit status: 0 done, 1 failed, 2 wrong use or bad "
	    "configuration.\n"
	    "Signals: TERM or INT lets the modems finish, then stops; a "
	    "second one\n"
	    "stops at once.\n"
	    "\n"
	    "See also baotind(8), baotinctl(1), baotin.conf(5).\n", to);
}

/* Writes hyphens as roff wants them. */
static void
roff(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '-')
			fputc('\\', to);
		fputc(*text, to);
	}
}

/* Writes "read FILE" as the sentence "Read FILE." */
static void
sentence(FILE *to, const char *line)
{
	char first = *line;

	if (first >= 'a' && first <= 'z')
		first = (char)(first - 'a' + 'A');
	fputc(first, to);
	roff(to, line + 1);
	fputs(".\n", to);
}

void
usage_manual(FILE *to)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		fprintf(to, ".TP\n.BR \\-%c \", \" \\-\\-%s", rows[i].letter,
		    rows[i].name);
		if (*rows[i].argument != '\0')
			fprintf(to, " =\\fI%s\\fR", rows[i].argument);
		fputc('\n', to);
		sentence(to, rows[i].line);
		if (*rows[i].more != '\0') {
			roff(to, rows[i].more);
			fputc('\n', to);
		}
	}
}
