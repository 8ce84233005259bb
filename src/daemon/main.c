/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotind: reads the command line and starts the daemon.
 */
#include "config.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "conf/conf.h"
#include "daemon/daemon.h"
#include "daemon/detach.h"
#include "daemon/files.h"
#include "daemon/state.h"
#include "daemon/usage.h"

static const struct option long_options[] = {
#define O(spec, letter, name, argument, line, more)                           \
	{name, sizeof(argument) > 1 ? required_argument : no_argument, NULL,  \
	    letter},
	USAGE_OPTIONS(O)
#undef O
	{NULL, 0, NULL, 0},
};

static const char short_options[] =
#define O(spec, letter, name, argument, line, more) spec
    USAGE_OPTIONS(O)
#undef O
    ;

static int
run_daemon(const char *conf_file, bool foreground, bool test)
{
	struct daemon d = {.starter = -1};
	int status = 2;

	if (files_load(&d, conf_file) == -1) {
		files_unload(&d);
		return 2;
	}
	if (test) {
		printf("%s: ok: %zu modems, %zu agencies, %zu pools, "
		    "templates in %s\n", conf_file, d.conf->n_modems,
		    d.conf->n_agencies, d.conf->n_pools,
		    d.conf->notices.templates);
		status = 0;
	} else if (daemon_lock(&d) == -1) {
		status = 1;
	} else if (!foreground && detach_begin(&d) == -1) {
		status = 1;
	} else {
		(void)log_init("baotind", foreground ? d.conf->log.target
		    : "syslog", d.conf->log.level);
		log_echo_errors(!foreground);
		status = daemon_run(&d);
	}
	files_unload(&d);
	return status;
}

int
main(int argc, char *argv[])
{
	const char *conf_file = USAGE_CONF_FILE;
	bool foreground = false, test = false;
	int c;

	daemon_block_signals();
	while ((c = getopt_long(argc, argv, short_options, long_options,
	    NULL)) != -1) {
		switch (c) {
		case 'c':
			conf_file = optarg;
			break;
		case 'f':
			foreground = true;
			break;
		case 't':
			test = true;
			break;
		case 'h':
			usage_print(stdout);
			return 0;
		case 'V':
			printf("baotind %s\n", PACKAGE_VERSION);
			return 0;
		default:
			fputs("Try 'baotind --help'.\n", stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "baotind: unexpected '%s'\n"
		    "Try 'baotind --help'.\n", argv[optind]);
		return 2;
	}
	return run_daemon(conf_file, foreground, test);
}
