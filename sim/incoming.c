/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the network to the line or the memory: texts and status reports, as
 * AT+CNMI wants them (3GPP TS 27.005 §3.4.1). What can't be taken now
 * waits, as at a real centre: the modem is away, its memory is full, or
 * (reports) nobody has said yet where they shall go.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/modem_state.h"
#include "sim/octets.h"

#define WAITING_MAX 10000

static void
incoming_drop(struct modem *modem, struct incoming *incoming)
{
	TAILQ_REMOVE(&modem->incoming, incoming, entry);
	modem->n_incoming--;
	free(incoming);
}

void
incoming_clear(struct modem *modem)
{
	while (!TAILQ_EMPTY(&modem->incoming))
		incoming_drop(modem, TAILQ_FIRST(&modem->incoming));
}

void
modem_give_tpdu(struct modem *modem, const uint8_t *tpdu, size_t n,
    bool is_report)
{
	struct incoming *incoming;

	if (n > PDU_SIZE || modem->n_incoming == WAITING_MAX)
		return;
	incoming = xcalloc(1, sizeof(*incoming));
	incoming->is_report = is_report;
	memcpy(incoming->tpdu, tpdu, n);
	incoming->n = n;
	TAILQ_INSERT_TAIL(&modem->incoming, incoming, entry);
	modem->n_incoming++;
	incoming_pump(modem);
}

static void
show_direct(struct modem *modem, const struct incoming *incoming)
{
	uint8_t octets[ADDRESS_SIZE + PDU_SIZE];
	char hex[2 * sizeof(octets) + 1];
	size_t n = smsc_encode(modem->csca, octets);

	memcpy(octets + n, incoming->tpdu, incoming->n);
	hex_encode(octets, n + incoming->n, hex);
	if (incoming->is_report)
		modem_urc(modem, "+CDS: %zu\r\n%s", incoming->n, hex);
	else
		modem_urc(modem, "+CMT: ,%zu\r\n%s", incoming->n, hex);
}

/* Puts it into memory 3, or "SR", and says so when that is wanted. False:
 * full. */
static bool
store_incoming(struct modem *modem, const struct incoming *incoming,
    bool is_told)
{
	enum brand_reports reports = modem->config.brand->reports;
	bool is_in_sr = incoming->is_report && reports != REPORTS_IN_INBOX;
	struct store *store = &modem->stores[is_in_sr ? MEMORY_SR
	    : modem->set.memory[2]];
	unsigned slot = store_put(store, incoming->tpdu, incoming->n);

	if (slot == 0) {
		if (!modem->has_told_full)
			modem_urc(modem, "^SMMEMFULL: \"%s\"", store->name);
		modem->has_told_full = true;
		return false;
	}
	if (is_told)
		modem_urc(modem, "%s: \"%s\",%u",
		    incoming->is_report ? "+CDSI" : "+CMTI",
		    is_in_sr && reports == REPORTS_IN_SR_SAYS_SM ? "SM"
		    : store->name, modem->config.brand->counts_from_0
		    ? slot - 1 : slot);
	return true;
}

static bool
hand_over(struct modem *modem, const struct incoming *incoming)
{
	int mode = modem->set.cnmi[0];
	int mt = modem->set.cnmi[1], ds = modem->set.cnmi[3];

	if (incoming->is_report) {
		if (mode == 0)
			return false;
		if (ds == 2)
			return store_incoming(modem, incoming, true);
		if (ds == 1)
			show_direct(modem, incoming);
		return true;
	}
	if (mode != 0 && (mt == 2 || mt == 3)) {
		show_direct(modem, incoming);
		return true;
	}
	return store_incoming(modem, incoming, mode != 0 && mt == 1);
}

void
incoming_pump(struct modem *modem)
{
	struct incoming *incoming, *next;

	if (!modem_can_reach(modem))
		return;
	for (incoming = TAILQ_FIRST(&modem->incoming); incoming != NULL;
	    incoming = next) {
		next = TAILQ_NEXT(incoming, entry);
		if (hand_over(modem, incoming)) {
			modem->received++;
			incoming_drop(modem, incoming);
		}
	}
}
