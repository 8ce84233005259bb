/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Handles the lines that the modem sends by itself.
 */
#include <string.h>

#include "base/log.h"
#include "worker/caller.h"
#include "worker/restart.h"
#include "worker/ring.h"
#include "worker/stray.h"
#include "worker/worker.h"

#define ACK_MS 5000

/* Handles "+CDS: 24" or "+CMT: ,24" with the PDU behind the newline. Without a
 * PDU, the modem is in text mode, which we never set. */
static void
take_direct(struct worker *w, const char *line)
{
	static const struct pdu_place none = {"", -1};
	const char *pdu = strchr(line, '\n');

	inbox_take(&w->inbox, &none, pdu != NULL ? pdu + 1 : "");
	if (w->settings.is_refused[SETTING_CSMS])
		w->n_unacknowledged++;
}

/* A modem that stays in AT+CSMS=1 switches reports off when they are not
 * acknowledged (3GPP TS 27.005 §3.4.4). If it refuses the acknowledgement, it
 * needed none. */
static void
acknowledge(struct worker *w)
{
	struct at_reply reply;
	enum at_verdict verdict;

	w->n_unacknowledged--;
	if (ledger_sync(&w->ledger) == -1)
		return;
	worker_calling(w, "acknowledge", ACK_MS);
	verdict = at_command(&w->at, "AT+CNMA", "+CNMA:", ACK_MS, &reply);
	worker_called(w);
	if (verdict == AT_SILENT || verdict == AT_GONE)
		worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
}

void
stray_line(const char *line, void *arg)
{
	struct worker *w = arg;
	char number[64] = "";

	if (strncmp(line, "+CDS:", 5) == 0 || strncmp(line, "+CMT:", 5) == 0) {
		take_direct(w, line);
	} else if (strncmp(line, "+CMTI:", 6) == 0 ||
	    strncmp(line, "+CDSI:", 6) == 0) {
		stored_announced(w, line + 6);
	} else if (strcmp(line, "RING") == 0 ||
	    strncmp(line, "+CRING:", 7) == 0) {
		ring_count(w);
	} else if (strncmp(line, "+CLIP:", 6) == 0) {
		caller_of_clip(line, number, sizeof(number));
		ring_take(w, number);
	} else if (strncmp(line, "+CUSD:", 6) == 0) {
		ussd_stray(w, line);
	} else if (strncmp(line, "NO CARRIER", 10) == 0) {
		ring_end(w);
	} else if (restart_sign(line) != RESTART_NONE) {
		log_info("modem_says", "modem=%s line=\"%.40s\"",
		    w->config->modem, line);
		restart_noted(w, restart_sign(line));
	} else {
		log_debug("stray_line", "modem=%s length=%zu",
		    w->config->modem, strlen(line));
	}
}

bool
stray_step(struct worker *w)
{
	if (w->n_unacknowledged == 0)
		return false;
	acknowledge(w);
	return true;
}
