/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What baotinctl says about itself, from the command table; needs no
 * daemon.
 */
#ifndef CTL_HELP_H
#define CTL_HELP_H

#include <stddef.h>
#include <stdio.h>

/* --help: the options and all commands, one line each. */
void help_usage(FILE *);

/* help [COMMAND]: 0, or -1 with a sentence in error (COMMAND_ERROR_SIZE)
 * when there is no such command. */
int help_command(FILE *, const char *const *words, size_t n, char *error);

/* The commands' section of the manual page, in man(7) macros. */
void help_manual(FILE *);

#endif
