/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes bash's completion for baotinctl from the table of commands; only run
 * by make. The first word is a command; then its second word, where commands
 * have two, its options, and the names of modems where it wants one.
 */
#include <stdio.h>
#include <string.h>

#include "ipc/commands.h"

/* Once each, though several commands begin with it. */
static void
print_first_words(void)
{
	const char *before = "";

	for (size_t i = 0; i < COMMAND_END; i++) {
		const char *words = commands()[i].words;
		size_t n = strcspn(words, " ");

		if (strlen(before) >= n && strncmp(before, words, n) == 0 &&
		    (before[n] == '\0' || before[n] == ' '))
			continue;
		printf("%s%.*s", i > 0 ? " " : "", (int)n, words);
		before = words;
	}
}

/* "--agency", of "[--agency ID] [--since T]". */
static void
print_options(const char *arguments)
{
	for (const char *at = arguments; (at = strstr(at, "--")) != NULL;) {
		size_t n = strspn(at, "-abcdefghijklmnopqrstuvwxyz");

		printf(" %.*s", (int)n, at);
		at += n;
	}
}

static void
print_case(const struct command *row)
{
	size_t n = strcspn(row->words, " ");

	printf("\t%.*s)\n\t\twords=\"$words", (int)n, row->words);
	if (row->words[n] != '\0')
		printf(" %s", row->words + n + 1);
	print_options(row->arguments);
	if (strncmp(row->arguments, "MODEM", 5) == 0 ||
	    row->id == COMMAND_modem)
		fputs(" $(_baotinctl_modems)", stdout);
	fputs("\" ;;&\n", stdout);
}

int
main(void)
{
	fputs("# bash completion for baotinctl; made from its table of "
	    "commands.\n"
	    "_baotinctl_modems() {\n"
	    "\tbaotinctl -l modems 2>/dev/null |\n"
	    "\t    awk 'NR > 1 && $1 != \"none\" { print $1 }'\n"
	    "}\n"
	    "_baotinctl() {\n"
	    "\tlocal words= i=1\n"
	    "\twhile [[ ${COMP_WORDS[i]} == -* && i -lt COMP_CWORD ]]; do\n"
	    "\t\t[[ ${COMP_WORDS[i]} == -[sc] ]] && ((i++))\n"
	    "\t\t((i++))\n"
	    "\tdone\n"
	    "\tif ((COMP_CWORD <= i)); then\n"
	    "\t\twords=\"", stdout);
	print_first_words();
	fputs(" -s -c -j -l --help --version\"\n"
	    "\telse case ${COMP_WORDS[i]} in\n", stdout);
	for (size_t i = 0; i < COMMAND_END; i++)
		print_case(&commands()[i]);
	fputs("\tesac; fi\n"
	    "\tCOMPREPLY=($(compgen -W \"$words\" -- "
	    "\"${COMP_WORDS[COMP_CWORD]}\"))\n"
	    "}\n"
	    "complete -o default -F _baotinctl baotinctl\n", stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
