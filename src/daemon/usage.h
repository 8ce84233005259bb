/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command line of baotind, once: getopt's tables, --help and the manual
 * page come from it.
 *
 *	O(spec, letter, name, argument, line, more)
 *
 * spec: letter as getopt wants it; argument: "" none; line: for --help;
 * more: sentences that the manual adds, with man(7) macros.
 */
#ifndef DAEMON_USAGE_H
#define DAEMON_USAGE_H

#include <stdio.h>

#define USAGE_CONF_FILE SYSCONFDIR "/baotin/baotin.conf"

#define USAGE_OPTIONS(O)                                                      \
	O("c:", 'c', "config", "FILE", "read FILE (default " USAGE_CONF_FILE  \
	    ")", "Paths in it are best absolute: a daemon that left the "     \
	    "foreground runs in /.")                                          \
	O("f", 'f', "foreground", "", "stay in the foreground, as under "     \
	    "systemd", "The log goes to standard error unless log.target "    \
	    "says otherwise.")                                                \
	O("t", 't', "test", "", "check everything a start would use, and "    \
	    "exit", "Configuration, templates, state folder, key file and "   \
	    "worker program; it names file and line of every fault. "        \
	    "Neither Redis nor the modems are asked: a start waits for "      \
	    "them.")                                                          \
	O("h", 'h', "help", "", "show this help and exit", "")                \
	O("V", 'V', "version", "", "show the version and exit", "")

/* Writes the text of --help. */
void usage_print(FILE *);
/* Writes the section OPTIONS in man(7) macros. */
void usage_manual(FILE *);

#endif
