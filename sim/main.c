/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotin-sim: starts the network and its modems, runs until SIGTERM or
 * `ctl quit`, removes what it made.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "sim/centre.h"
#include "sim/client.h"
#include "sim/control.h"
#include "sim/dial.h"
#include "sim/fault.h"
#include "sim/line.h"
#include "sim/options.h"
#include "sim/phone.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/texts.h"
#include "sim/ussd.h"
#include "sim/verbs.h"

#define FILES_PER_MODEM 2
#define FILES_MORE	64 /* clients of the socket, and our own */

static void
stop_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)event_base_loopbreak(arg);
}

/* A folder of our own, or the one that was given. */
static int
make_dir(struct sim_options *options)
{
	const char *tmp = getenv("TMPDIR");
	int n;

	if (options->dir[0] != '\0') {
		if (mkdir(options->dir, 0700) == 0 || errno == EEXIST)
			return 0;
		log_error("sim_dir", "path=%s error=%s", options->dir,
		    strerror(errno));
		return -1;
	}
	n = snprintf(options->dir, sizeof(options->dir),
	    "%s/baotin-sim.XXXXXX", tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
	if (n < 0 || (size_t)n >= sizeof(options->dir) ||
	    mkdtemp(options->dir) == NULL) {
		log_error("sim_dir", "path=%s error=%s", options->dir,
		    strerror(errno));
		return -1;
	}
	options->is_own_dir = true;
	return 0;
}

static int
raise_file_limit(unsigned n_modems)
{
	rlim_t wanted = n_modems * FILES_PER_MODEM + FILES_MORE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return -1;
	if (limit.rlim_cur >= wanted)
		return 0;
	limit.rlim_cur = wanted;
	if (wanted > limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		(void)fprintf(stderr, "baotin-sim: %u modems need %llu open "
		    "files, the limit is %llu (ulimit -n)\n", n_modems,
		    (unsigned long long)wanted,
		    (unsigned long long)limit.rlim_max);
		return -1;
	}
	return 0;
}

static int
start_texts(struct sim *sim)
{
	struct sim_options *options = &sim->options;
	char *path = options->texts[0] != '\0'
	    ? xstrdup(options->texts)
	    : xasprintf("%s/texts.jsonl", options->dir);

	sim->texts = texts_open(path);
	free(path);
	return sim->texts != NULL ? 0 : -1;
}

static int
start_modems(struct sim *sim)
{
	for (unsigned i = 0; i < sim->options.n_modems; i++) {
		struct modem_config config;

		options_modem(&sim->options, i, &config);
		if (sim_find_modem(sim, config.name) != NULL ||
		    sim_find_number(sim, config.number) != NULL) {
			(void)fprintf(stderr, "baotin-sim: two modems are "
			    "called %s or have the number %s\n", config.name,
			    config.number);
			return -1;
		}
		if (modem_new(sim, &config) == NULL)
			return -1;
	}
	return 0;
}

static void
sim_stop(struct sim *sim)
{
	struct modem *modem;

	while ((modem = modem_next(sim, NULL)) != NULL)
		modem_free(modem);
	dial_service_free(sim->dial);
	ussd_service_free(sim->ussd);
	fault_list_free(sim->faults);
	centre_free(sim->centre);
	texts_close(sim->texts);
	line_watch_free(sim->watch);
	if (sim->options.is_own_dir) {
		char *texts = xasprintf("%s/texts.jsonl", sim->options.dir);

		(void)unlink(texts);
		(void)rmdir(sim->options.dir);
		free(texts);
	}
}

static int
sim_start(struct sim *sim)
{
	sim->random[0] = (unsigned short)sim->options.seed;
	sim->random[1] = (unsigned short)(sim->options.seed >> 16);
	sim->random[2] = 0x330e;
	sim->started_us = clock_mono_us();
	sim->centre = centre_new(sim);
	sim->faults = fault_list_new();
	sim->ussd = ussd_service_new();
	if (raise_file_limit(sim->options.n_modems) != 0 ||
	    make_dir(&sim->options) != 0 || start_texts(sim) != 0)
		return -1;
	sim->dial = dial_service_new(sim);
	if (sim->dial == NULL)
		return -1;
	sim->watch = line_watch_new(sim->base);
	return start_modems(sim);
}

static void
loop(struct sim *sim, struct scenario *scenario)
{
	static const int signals[] = {SIGTERM, SIGINT};
	struct event *events[2];

	for (int i = 0; i < 2; i++) {
		events[i] = evsignal_new(sim->base, signals[i], stop_cb,
		    sim->base);
		(void)evsignal_add(events[i], NULL);
	}
	if (!sim->options.is_quiet) {
		(void)printf("ready dir=%s modems=%u\n", sim->options.dir,
		    sim->options.n_modems);
		(void)fflush(stdout);
	}
	if (scenario != NULL)
		scenario_start(scenario);
	(void)event_base_dispatch(sim->base);
	for (int i = 0; i < 2; i++)
		event_free(events[i]);
}

/* Returns the exit status. */
static int
run_sim(struct sim *sim)
{
	struct scenario *scenario = NULL;
	struct control *control = NULL;
	int status = 1;

	TAILQ_INIT(&sim->modems);
	sim->base = event_base_new();
	(void)event_base_priority_init(sim->base, 2);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sim->options.scenario[0] != '\0') {
		scenario = scenario_load(sim, sim->options.scenario);
		if (scenario == NULL)
			status = 2;
	}
	if (status == 1 && sim_start(sim) == 0 &&
	    (control = control_new(sim)) != NULL) {
		loop(sim, scenario);
		status = 0;
	}
	control_free(control);
	scenario_free(scenario);
	sim_stop(sim);
	event_base_free(sim->base);
	return status;
}

static void
print_ctl_help(void)
{
	(void)printf("Usage: baotin-sim ctl --dir DIR COMMAND [WORD]...\n\n"
	    "Sends a command to the simulator in DIR and prints its answer, a "
	    "JSON object.\nExit status: 0 ok, 1 refused or no simulator, 2 bad "
	    "usage. Commands:\n\n");
	verbs_print_help(stdout);
}

static int
ctl(int argc, char **argv)
{
	const char *dir = NULL;
	int i;

	for (i = 2; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_ctl_help();
			return 0;
		}
		if (strncmp(argv[i], "--dir=", 6) == 0) {
			dir = argv[i] + 6;
		} else if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) {
			dir = argv[++i];
		} else {
			(void)fprintf(stderr, "baotin-sim: ctl has no option "
			    "\"%s\" (see baotin-sim ctl --help)\n", argv[i]);
			return 2;
		}
	}
	if (dir == NULL || i == argc) {
		(void)fprintf(stderr, "baotin-sim: %s is missing (see "
		    "baotin-sim ctl --help)\n",
		    dir == NULL ? "--dir DIR" : "the command");
		return 2;
	}
	return client_call(dir, (const char *const *)argv + i);
}

int
main(int argc, char **argv)
{
	struct sim sim;
	int status;

	(void)log_init("baotin-sim", "stderr", "info");
	if (argc > 1 && strcmp(argv[1], "ctl") == 0)
		return ctl(argc, argv);
	if (argc > 1 && strcmp(argv[1], "phone") == 0)
		return phone_main(argc - 2, argv + 2);
	memset(&sim, 0, sizeof(sim));
	switch (options_parse(argc, argv, &sim.options)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		options_clear(&sim.options);
		return 2;
	}
	status = run_sim(&sim);
	options_clear(&sim.options);
	return status;
}
