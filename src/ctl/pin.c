/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The terminal without its echo, for one line.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl/pin.h"

#define LINE_SIZE 64

/* Signals wait while there is no echo, so that the terminal gets it back. */
static bool
read_hidden(char *line, size_t size)
{
	struct termios before, hidden;
	sigset_t all, old;
	bool has_line;

	if (tcgetattr(STDIN_FILENO, &before) == -1)
		return false;
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ISIG);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &old);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	has_line = fgets(line, (int)size, stdin) != NULL;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	fputc('\n', stderr);
	return has_line;
}

json_t *
pin_rows(const char *modem)
{
	char line[LINE_SIZE] = "";
	bool has_line;
	json_t *rows;

	if (isatty(STDIN_FILENO)) {
		fprintf(stderr, "PIN of the SIM in %s (not shown): ", modem);
		has_line = read_hidden(line, sizeof(line));
	} else {
		has_line = fgets(line, sizeof(line), stdin) != NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	if (!has_line || line[0] == '\0') {
		fprintf(stderr, "baotinctl: no PIN was typed\n");
		return NULL;
	}
	rows = json_pack("[{ss}]", "pin", line);
	explicit_bzero(line, sizeof(line));
	if (rows == NULL)
		fprintf(stderr, "baotinctl: a PIN has 4 to 8 digits\n");
	return rows;
}
