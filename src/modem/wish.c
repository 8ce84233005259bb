/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered over restarts: the operator's wish, and in which modem a
 * SIM was.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "conf/conf.h"
#include "modem/inside.h"
#include "modem/memory.h"

static const char *const names[] = {
#define X(id, word) [MODEM_WISH_##id] = word,
	MODEM_WISHES(X)
#undef X
};

enum modem_wish
modem_wish(const struct modem *modem)
{
	return modem->wish;
}

const char *
modem_wish_name(enum modem_wish wish)
{
	return names[wish];
}

void
modem_recall_wish(struct modem *modem)
{
	char word[16];

	modem_memory_get(modem->conf->gateway.state_dir, "modems",
	    modem->own->name, "wish", word, sizeof(word));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], word) == 0)
			modem->wish = (enum modem_wish)i;
}

int
modem_set_wish(struct modem *modem, enum modem_wish wish)
{
	log_info("modem_wish", "modem=%s wish=%s", modem->own->name,
	    names[wish]);
	modem->wish = wish;
	if (wish == MODEM_WISH_DRAIN && modem->process != NULL)
		modem_end_worker(modem);
	else if (modem->process == NULL)
		modem_arm(modem, 0);
	modem->hooks.on_changed(modem, modem->arg);
	return modem_memory_set(modem->conf->gateway.state_dir, "modems",
	    modem->own->name, "wish", names[wish]);
}

/* --- the SIM -------------------------------------------------------------- */

const char *
modem_sim_was(const struct modem *modem)
{
	return modem->sim_was;
}

const struct work *
modem_work(const struct modem *modem)
{
	return &modem->work;
}

/* The memory says that this SIM gets reports. */
static void
recall_reports(struct modem *modem)
{
	char word[8];

	modem_memory_get(modem->conf->gateway.state_dir, "sims",
	    modem_imsi(modem), "reports", word, sizeof(word));
	if (strcmp(word, "yes") == 0)
		modem->work.reports = WORK_REPORTS;
}

void
modem_meet_sim(struct modem *modem)
{
	const char *dir = modem->conf->gateway.state_dir;
	const char *imsi = modem_imsi(modem);
	const char *imei = modem->ready.ready.imei;
	char was[sizeof(modem->sim_was)];

	if (*imsi == '\0' || strcmp(imsi, modem->met_imsi) == 0)
		return;
	(void)snprintf(modem->met_imsi, sizeof(modem->met_imsi), "%s", imsi);
	memset(&modem->work, 0, sizeof(modem->work));
	modem->sim_was[0] = '\0';
	recall_reports(modem);
	modem_memory_get(dir, "sims", imsi, "imei", was, sizeof(was));
	if (was[0] == '\0' && *imei != '\0')
		(void)modem_memory_set(dir, "sims", imsi, "imei", imei);
	if (was[0] == '\0' || *imei == '\0' || strcmp(was, imei) == 0)
		return;
	memcpy(modem->sim_was, was, sizeof(was));
	log_warning("sim_moved", "modem=%s imei=%s was=%s",
	    modem->own->name, imei, was);
}

void
modem_sim_reports(struct modem *modem)
{
	(void)modem_memory_set(modem->conf->gateway.state_dir, "sims",
	    modem_imsi(modem), "reports", "yes");
}

void
modem_sim_works(struct modem *modem)
{
	const char *dir = modem->conf->gateway.state_dir;

	if (modem->sim_was[0] == '\0')
		return;
	modem->sim_was[0] = '\0';
	(void)modem_memory_set(dir, "sims", modem_imsi(modem), "imei",
	    modem->ready.ready.imei);
}
