/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command line of `baotin-sim run`, and its help, from one table.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include "sim/modem.h"
#include "sim/sim.h"

/* The options of the command line. */
enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* help or version was printed */
	OPTIONS_WRONG, /* a sentence is on stderr */
};

/* argv[0] is passed over. Defaults are filled in; nothing is touched on
 * disk. */
enum options_result options_parse(int argc, char **argv,
    struct sim_options *out);
void options_clear(struct sim_options *);

/* The configuration of the i-th modem (from 0): what --modem gave, and
 * defaults made from i. */
void options_modem(const struct sim_options *, unsigned i,
    struct modem_config *out);

#endif
