/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The modems of the running daemon: first those of the configuration, in its
 * order, then those that a reload took out and that have not finished yet. A
 * reload touches only the modems that it changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/series.h"
#include "conf/conf.h"
#include "daemon/gate.h"
#include "daemon/modems.h"
#include "daemon/state.h"
#include "dispatch/errors.h"
#include "modem/modem.h"
#include "redis/store.h"

struct modem *
modems_find(const struct daemon *d, const char *name)
{
	for (size_t i = 0; i < d->n_modems; i++)
		if (strcmp(modem_name(d->modems[i]), name) == 0)
			return d->modems[i];
	return NULL;
}

/* Shows the counters of refusals that have a row of their own from the start,
 * at 0. */
static void
show_errors(const char *name)
{
	const struct error_row *row;
	char code[16];

	for (unsigned i = 0; (row = error_row_at(i)) != NULL; i++) {
		if (row->reason != NULL)
			series_add(SERIES_MODEM_ERRORS, 0, name, "word",
			    row->reason);
		if (row->from != row->to || row->from <= 0)
			continue;
		(void)snprintf(code, sizeof(code), "%d", (int)row->from);
		series_add(SERIES_MODEM_ERRORS, 0, name, "cms", code);
	}
}

static void
show_pools(const struct conf *conf)
{
	store_show_pool("none");
	for (size_t i = 0; i < conf->n_pools; i++)
		store_show_pool(conf->pools[i].name);
}

static struct modem *
start_one(struct daemon *d, const struct conf_modem *own)
{
	show_errors(own->name);
	return modem_new(d->base, d->conf, own, d->worker, d->modem_hooks, d);
}

void
modems_start(struct daemon *d, const struct modem_hooks *hooks)
{
	d->modem_hooks = hooks;
	show_pools(d->conf);
	d->n_modems = d->conf->n_modems;
	d->modems = xcalloc(d->n_modems, sizeof(*d->modems));
	for (size_t i = 0; i < d->n_modems; i++)
		d->modems[i] = start_one(d, &d->conf->modems[i]);
}

void
modems_stop(struct daemon *d)
{
	for (size_t i = 0; i < d->n_modems; i++)
		modem_free(d->modems[i]);
	free(d->modems);
}

void
modems_reload(struct daemon *d)
{
	const struct conf *conf = d->conf;
	struct modem **all = xcalloc(conf->n_modems + d->n_modems,
	    sizeof(*all));
	size_t n = 0;

	show_pools(conf);
	for (size_t i = 0; i < conf->n_modems; i++) {
		const struct conf_modem *own = &conf->modems[i];

		all[n] = modems_find(d, own->name);
		if (all[n] != NULL)
			modem_reload(all[n], own);
		else
			all[n] = start_one(d, own);
		n++;
	}
	for (size_t i = 0; i < d->n_modems; i++)
		if (conf_modem_find(conf, modem_name(d->modems[i])) == NULL) {
			modem_leave(d->modems[i]);
			all[n++] = d->modems[i];
		}
	free(d->modems);
	d->modems = all;
	d->n_modems = n;
}

void
modems_forget(struct daemon *d, struct modem *modem)
{
	size_t at = 0;

	while (d->modems[at] != modem)
		at++;
	log_info("modem_removed", "modem=%s", modem_name(modem));
	d->n_modems--;
	memmove(&d->modems[at], &d->modems[at + 1],
	    (d->n_modems - at) * sizeof(*d->modems));
	modem_free(modem);
	gate_reload(d->gate);
}
