/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Small things that any part of the simulator asks for.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/centre.h"
#include "sim/modem.h"
#include "sim/sim.h"

unsigned
sim_delay_ms(struct sim *sim, unsigned base_ms, unsigned jitter_ms)
{
	if (jitter_ms == 0)
		return base_ms;
	return base_ms +
	    (unsigned)(erand48(sim->random) * ((double)jitter_ms + 1));
}

struct modem *
sim_find_modem(struct sim *sim, const char *name)
{
	struct modem *modem = NULL;
	char number[SIM_NUMBER_SIZE];

	while ((modem = modem_next(sim, modem)) != NULL) {
		if (strcmp(modem_name(modem), name) == 0)
			return modem;
	}
	centre_normalise(name, number);
	return sim_find_number(sim, number);
}

struct modem *
sim_find_number(struct sim *sim, const char *number)
{
	struct modem *modem = NULL;

	while ((modem = modem_next(sim, modem)) != NULL) {
		if (strcmp(modem_number(modem), number) == 0)
			return modem;
	}
	return NULL;
}
