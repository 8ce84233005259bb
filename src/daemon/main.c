/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotind: the command line and nothing else.
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

static const char help[] =
    "Usage: baotind [-f] [-t] [-c FILE]\n"
    "Sends citizens the texts that dossier events in Redis call for.\n"
    "\n"
    "  -c, --config=FILE  read FILE (default " SYSCONFDIR
    "/baotin/baotin.conf)\n"
    "  -f, --foreground   stay in the foreground, as under systemd\n"
    "  -t, --test         check everything a start would use, and exit\n"
    "  -h, --help         show this help and exit\n"
    "  -V, --version      show the version and exit\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong use or bad configuration.\n"
    "Signals: TERM or INT lets the modems finish, then stops; a second one\n"
    "stops at once.\n"
    "\n"
    "See also baotinctl(1), baotin.conf(5).\n";

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"foreground", no_argument, NULL, 'f'},
	{"test", no_argument, NULL, 't'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static int
run(const char *conf_file, bool foreground, bool test)
{
	struct daemon d = {0};
	int status = 2;

	if (daemon_load(&d, conf_file) == -1) {
		daemon_unload(&d);
		return 2;
	}
	if (test) {
		printf("%s: ok: %zu modems, %zu agencies, %zu pools, "
		    "templates in %s\n", conf_file, d.conf->n_modems,
		    d.conf->n_agencies, d.conf->n_pools,
		    d.conf->notices.templates);
		status = 0;
	} else if (log_init("baotind", d.conf->log.target,
	    d.conf->log.level) == -1) {
		fprintf(stderr, "log.target or log.level is unknown\n");
	} else if (!foreground && daemon(0, 0) == -1) {
		perror("baotind: daemon");
		status = 1;
	} else {
		status = daemon_run(&d) == 0 ? 0 : 1;
	}
	daemon_unload(&d);
	return status;
}

int
main(int argc, char *argv[])
{
	const char *conf_file = SYSCONFDIR "/baotin/baotin.conf";
	bool foreground = false, test = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:fthV", long_options, NULL)) !=
	    -1) {
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
			fputs(help, stdout);
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
	return run(conf_file, foreground, test);
}
