/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Status reports, incoming texts and calls: into the journal, to the
 * daemon, and only then out of the modem's memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/phone.h"
#include "journal/journal.h"
#include "worker/caller.h"
#include "worker/guard.h"
#include "worker/pdu.h"
#include "worker/restart.h"
#include "worker/worker.h"

/* A phone rings every 5 to 6 seconds (3GPP TS 22.001); a longer silence
 * is the end of the call. */
#define RING_MS	  10000
#define RINGS_MAX 2
#define HANG_UP_MS 5000
#define CLIP_WAIT_MS 500	/* +CLIP follows its RING at once */

void
inbox_clear(struct worker *w)
{
	free(w->inbox.caller);
	memset(&w->inbox, 0, sizeof(w->inbox));
}

/* --- into the journal and to the daemon ---------------------------------- */

static void
note_and_send(struct worker *w, struct proto *p, uint64_t *seq)
{
	if (ledger_append(&w->ledger, p) == -1)
		*seq = 0;
	link_put(&w->link, p);
}

static void
take_report(struct worker *w, const GSM_SMSMessage *sms)
{
	struct proto p = {.type = PROTO_TYPE_REPORT};
	char *phone = pdu_number(sms->Number, sizeof(sms->Number));
	char masked[PHONE_SIZE];

	p.report.seq = journal_next_seq(w->journal);
	p.report.phone = phone;
	p.report.reference = sms->MessageReference;
	p.report.tp_status = sms->DeliveryStatus;
	p.report.sent_at = pdu_time(&sms->DateTime);
	p.report.discharged_at = pdu_time(&sms->SMSCTime);
	p.report.imsi = w->id.imsi;
	p.report.at = clock_wall_ms();
	log_info("report", "modem=%s phone=%s reference=%u tp_status=%u",
	    w->config->modem, phone_mask(phone, masked), p.report.reference,
	    p.report.tp_status);
	note_and_send(w, &p, &p.report.seq);
	free(phone);
}

static void
take_incoming(struct worker *w, const GSM_SMSMessage *sms)
{
	struct proto p = {.type = PROTO_TYPE_INCOMING};
	struct concat c = pdu_concat(sms);
	char *sender = pdu_number(sms->Number, sizeof(sms->Number));
	char *text = pdu_text(sms);
	char masked[PHONE_SIZE];

	p.incoming.seq = journal_next_seq(w->journal);
	p.incoming.sender = sender;
	p.incoming.text = text;
	p.incoming.concat_ref = c.reference;
	p.incoming.part = c.part;
	p.incoming.parts = c.parts;
	p.incoming.sent_at = pdu_time(&sms->DateTime);
	p.incoming.imsi = w->id.imsi;
	p.incoming.at = clock_wall_ms();
	log_info("incoming", "modem=%s phone=%s part=%u/%u octets=%zu",
	    w->config->modem, phone_mask(sender, masked), c.part, c.parts,
	    strlen(text));
	note_and_send(w, &p, &p.incoming.seq);
	free(sender);
	free(text);
}

/* What can't be read must not stop what is behind it: its head goes to the
 * daemon, without number and content, and then it is deleted like any
 * other. */
static void
take_unreadable(struct worker *w, const struct pdu_place *place,
    const uint8_t *data, size_t n, const char *reason)
{
	struct proto p = {.type = PROTO_TYPE_UNREADABLE};
	char head[GUARD_HEAD];

	guard_head(data, n, head, sizeof(head));
	p.unreadable.seq = journal_next_seq(w->journal);
	p.unreadable.memory = xstrdup(place->memory);
	p.unreadable.place = place->index;
	p.unreadable.kind = xstrdup(guard_kind(data, n));
	p.unreadable.reason = xstrdup(reason);
	p.unreadable.head = xstrdup(head);
	p.unreadable.octets = (uint32_t)n;
	p.unreadable.digest = (uint32_t)crc32(0, data, (uInt)n);
	p.unreadable.imsi = xstrdup(w->id.imsi);
	p.unreadable.at = clock_wall_ms();
	log_warning("unreadable", "modem=%s memory=%s place=%d kind=%s "
	    "reason=%s octets=%zu head=%s", w->config->modem, place->memory,
	    place->index, p.unreadable.kind, reason, n, head);
	note_and_send(w, &p, &p.unreadable.seq);
	proto_clear(&p);
}

void
inbox_take(struct worker *w, const struct pdu_place *place, const char *hex)
{
	uint8_t data[GUARD_PDU_MAX];
	size_t n = at_octets(hex, data, sizeof(data));
	GSM_SMSMessage sms;
	const char *reason = n > 0 ? guard_decode(data, n, &sms) :
	    *hex == '\0' ? "empty" : "not_hexadecimal";

	if (reason == NULL && sms.PDU == SMS_Deliver)
		take_incoming(w, &sms);
	else if (reason == NULL && sms.PDU == SMS_Status_Report)
		take_report(w, &sms);
	else
		take_unreadable(w, place, data, n,
		    reason != NULL ? reason : "draft");
}

/* The call is over, or as good as that: rejected, hung up, or silent for too
 * long. Only now the daemon hears of it, for an answer that comes while the
 * telephone still rings can't be read. */
void
inbox_end_call(struct worker *w)
{
	struct inbox *in = &w->inbox;
	struct proto p = {.type = PROTO_TYPE_RANG};
	char masked[PHONE_SIZE];

	in->ring_deadline = 0;
	in->ask_deadline = 0;
	in->wants_reject = false;
	if (in->caller == NULL)
		return;
	p.rang.seq = journal_next_seq(w->journal);
	p.rang.sender = in->caller;
	p.rang.imsi = w->id.imsi;
	p.rang.at = in->called_at;
	log_info("rang", "modem=%s phone=%s", w->config->modem,
	    phone_mask(in->caller, masked));
	note_and_send(w, &p, &p.rang.seq);
	free(in->caller);
	in->caller = NULL;
}

int64_t
inbox_call_deadline(const struct worker *w)
{
	return w->inbox.caller != NULL ? w->inbox.ring_deadline : INT64_MAX;
}

/* One ring more. The second one ends the call: the caller has heard that it
 * rings, and pays nothing. */
static void
count_ring(struct worker *w)
{
	struct inbox *in = &w->inbox;
	int64_t now = clock_mono_ms();

	if (now >= in->ring_deadline) {
		inbox_end_call(w);
		in->rings = 0;
	}
	in->ring_deadline = now + RING_MS;
	if (!w->config->missed_calls)
		return;
	if (in->caller == NULL && w->settings.has_clcc)
		in->ask_deadline = now + CLIP_WAIT_MS;
	if (++in->rings >= RINGS_MAX)
		in->wants_reject = true;
}

/* Who calls: once per call, "" when the number is withheld. */
static void
take_ring(struct worker *w, const char *sender)
{
	struct inbox *in = &w->inbox;

	if (in->caller != NULL || !w->config->missed_calls)
		return;
	in->caller = xstrdup(sender);
	in->called_at = clock_wall_ms();
	in->ask_deadline = 0;
	if (*sender == '\0')
		return;
	in->has_known_caller = true;
	settings_lack(w, LACK_CALLS, false);
}

/* --- from our own talk with the modem ------------------------------------ */

/* "+CDS: 24" or "+CMT: ,24", and the PDU behind the line's end. Without one
 * the modem is in text mode: nothing of ours would have set that. */
static void
take_direct(struct worker *w, const char *line)
{
	static const struct pdu_place none = {"", -1};
	const char *pdu = strchr(line, '\n');

	inbox_take(w, &none, pdu != NULL ? pdu + 1 : "");
	if (w->settings.is_refused[SETTING_CSMS])
		w->inbox.n_unacknowledged++;
}

/* A modem that can't leave AT+CSMS=1 switches reports off when they are not
 * acknowledged (3GPP TS 27.005 §3.4.4). It may refuse: then none was wanted. */
static void
acknowledge(struct worker *w)
{
	struct at_reply reply;
	enum at_verdict verdict;

	w->inbox.n_unacknowledged--;
	if (ledger_sync(&w->ledger) == -1)
		return;
	worker_calling(w, "acknowledge", HANG_UP_MS);
	verdict = at_command(&w->at, "AT+CNMA", "+CNMA:", HANG_UP_MS, &reply);
	worker_called(w);
	if (verdict == AT_SILENT || verdict == AT_GONE)
		worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
}

void
inbox_stray(const char *line, void *arg)
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
		count_ring(w);
	} else if (strncmp(line, "+CLIP:", 6) == 0) {
		caller_of_clip(line, number, sizeof(number));
		take_ring(w, number);
	} else if (strncmp(line, "+CUSD:", 6) == 0) {
		ussd_stray(w, line);
	} else if (strncmp(line, "NO CARRIER", 10) == 0) {
		inbox_end_call(w);
	} else if (restart_sign(line) != RESTART_NONE) {
		log_info("modem_says", "modem=%s line=\"%.40s\"",
		    w->config->modem, line);
		restart_noted(w, restart_sign(line));
	} else {
		log_debug("stray_line", "modem=%s length=%zu",
		    w->config->modem, strlen(line));
	}
}

/* --- a call that rings ---------------------------------------------------- */

int64_t
inbox_ask_deadline(const struct worker *w)
{
	return w->inbox.ask_deadline != 0 ? w->inbox.ask_deadline : INT64_MAX;
}

/* No +CLIP came: AT+CLCC may know (3GPP TS 27.007 §7.18). */
static void
ask_caller(struct worker *w)
{
	struct inbox *in = &w->inbox;
	char number[64] = "";
	struct at_reply reply;
	enum at_verdict verdict = AT_ERROR;

	in->ask_deadline = 0;
	if (w->settings.has_clcc) {
		worker_calling(w, "who_calls", 2 * HANG_UP_MS);
		verdict = at_command(&w->at, "AT+CLCC", "+CLCC:", HANG_UP_MS,
		    &reply);
		worker_called(w);
	}
	if (verdict == AT_SILENT || verdict == AT_GONE)
		worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
	else if (verdict == AT_OK &&
	    caller_of_clcc(reply.text, number, sizeof(number)))
		take_ring(w, number);
}

/* Nobody is told to hang up whom we can't answer. A modem that has named a
 * caller before has met a withheld number now. */
static bool
knows_caller(struct worker *w)
{
	struct inbox *in = &w->inbox;

	if (in->caller == NULL)
		ask_caller(w);
	if (in->caller != NULL || w->is_failed)
		return !w->is_failed;
	log_info("caller_unknown", "modem=%s rings=%u", w->config->modem,
	    in->rings);
	if (!in->has_known_caller)
		settings_lack(w, LACK_CALLS, true);
	return false;
}

/* AT+CHUP (3GPP TS 27.007 §6.5), or ATH where it is not known (ITU-T V.250
 * §6.3.6); never ATA. */
static void
reject(struct worker *w)
{
	static const char *const commands[] = {"AT+CHUP", "ATH"};
	enum at_verdict verdict = AT_ERROR;
	struct at_reply reply;

	w->inbox.wants_reject = false;
	if (!knows_caller(w))
		return;
	worker_calling(w, "hang_up", 2 * HANG_UP_MS);
	for (size_t i = 0; i < 2 && verdict != AT_OK; i++)
		verdict = at_command(&w->at, commands[i], "+CHUP:",
		    HANG_UP_MS, &reply);
	worker_called(w);
	if (verdict == AT_GONE)
		worker_fail(w, "gone");
	else if (verdict == AT_SILENT)
		worker_fail(w, "timeout");
	else
		log_info("rejected", "modem=%s rings=%u", w->config->modem,
		    w->inbox.rings);
	inbox_end_call(w);
}

bool
inbox_step(struct worker *w)
{
	if (w->inbox.wants_reject) {
		reject(w);
		return true;
	}
	if (w->inbox.n_unacknowledged > 0) {
		acknowledge(w);
		return true;
	}
	if (clock_mono_ms() >= inbox_ask_deadline(w)) {
		ask_caller(w);
		return true;
	}
	return stored_step(w);
}
