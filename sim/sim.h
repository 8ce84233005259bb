/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all parts of the simulator share: the event loop, the options of the
 * command line, the modems and the network behind them. main.c makes it,
 * everyone else borrows it.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <sys/queue.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define SIM_NUMBER_SIZE 24 /* "+" and 20 digits (23.040 §9.1.2.5), NUL */
#define SIM_NAME_SIZE	64

struct event_base;
struct brand;
struct centre;
struct control;
struct dial_service;
struct fault_list;
struct line_watch;
struct modem;
struct modem_config;
struct texts;
struct ussd_service;

TAILQ_HEAD(modem_list, modem);

struct sim_options {
	char dir[PATH_MAX];
	bool is_own_dir; /* we made it, so we remove it */
	char texts[PATH_MAX];
	char scenario[PATH_MAX];
	char ussd_url[512];	/* the application behind ussd_code */
	char ussd_token[PATH_MAX];
	char ussd_code[24];
	unsigned n_modems;
	unsigned latency_ms;
	unsigned jitter_ms;
	unsigned report_delay_ms;
	bool wants_reports;
	bool overwrites_mr;
	const struct brand *brand; /* NULL: the simulator's own */
	bool is_quiet;
	uint32_t seed;
	struct modem_config *modems; /* those given by --modem */
	unsigned n_named;
};

struct sim {
	struct event_base *base;
	struct sim_options options;
	struct modem_list modems;
	struct centre *centre;
	struct control *control; /* NULL: not listening (yet) */
	struct dial_service *dial;
	struct fault_list *faults;
	struct line_watch *watch;
	struct texts *texts;
	struct ussd_service *ussd;
	unsigned short random[3]; /* erand48() */
	int64_t started_us;
};

/* A latency: base, plus up to jitter at random. */
unsigned sim_delay_ms(struct sim *, unsigned base_ms, unsigned jitter_ms);

/* By its name, or the number of its SIM; NULL when there is none. */
struct modem *sim_find_modem(struct sim *, const char *name);

/* By the number of its SIM. */
struct modem *sim_find_number(struct sim *, const char *number);

#endif
