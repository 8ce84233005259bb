/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Status reports, incoming texts and calls: into the journal, to the
 * daemon, and only then out of the modem's memory.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/phone.h"
#include "journal/journal.h"
#include "worker/caller.h"
#include "worker/pdu.h"
#include "worker/worker.h"

#define READ_MS	  60000
#define SWEEP_MS  300000	/* CMGL alone may take libgammu 500 s */
#define SWEEP_MAX 60		/* messages of one sweep */
#define POLL_MS	  30000		/* where the modem does not announce */
/* A phone rings every 5 to 6 seconds (3GPP TS 22.001); a longer silence
 * is the end of the call. */
#define RING_MS	  10000
#define RINGS_MAX 2
#define HANG_UP_MS 5000
#define CLIP_WAIT_MS 500	/* +CLIP follows its RING at once */

void
inbox_init(struct worker *w)
{
	w->inbox.fetched = xcalloc(1, sizeof(*w->inbox.fetched));
	w->inbox.wants_sweep = true;
}

void
inbox_clear(struct worker *w)
{
	free(w->inbox.fetched);
	free(w->inbox.waiting);
	free(w->inbox.caller);
	memset(&w->inbox, 0, sizeof(w->inbox));
}

/* --- into the journal and to the daemon ---------------------------------- */

static void
tell(struct worker *w, struct proto *p, uint64_t *seq)
{
	if (ledger_append(w, p) == -1)
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
	p.report.imsi = w->id.imsi;
	p.report.at = clock_wall_ms();
	log_info("report", "modem=%s phone=%s reference=%u tp_status=%u",
	    w->config->modem, phone_mask(phone, masked), p.report.reference,
	    p.report.tp_status);
	tell(w, &p, &p.report.seq);
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
	tell(w, &p, &p.incoming.seq);
	free(sender);
	free(text);
}

/* False: neither a report nor an incoming text (somebody stored a draft);
 * it stays where it is. */
static bool
take_stored(struct worker *w, const GSM_SMSMessage *sms)
{
	switch (sms->PDU) {
	case SMS_Deliver:
		take_incoming(w, sms);
		return true;
	case SMS_Status_Report:
		take_report(w, sms);
		return true;
	case SMS_Submit:
		break;
	}
	return false;
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
	tell(w, &p, &p.rang.seq);
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

/* --- from the library ---------------------------------------------------- */

static void
wait_for_fetch(struct worker *w, const GSM_SMSMessage *place)
{
	struct inbox *in = &w->inbox;

	if (in->n == in->room) {
		in->room = in->room * 2 + 4;
		in->waiting = xreallocarray(in->waiting, in->room,
		    sizeof(*in->waiting));
	}
	in->waiting[in->n++] = *place;
}

/* +CDS and +CMT bring the message itself; +CMTI and +CDSI, and only they, a
 * place and no number. */
void
inbox_sms_cb(GSM_StateMachine *machine, GSM_SMSMessage *sms, void *arg)
{
	struct worker *w = arg;
	bool has_number = sms->Number[0] != 0 || sms->Number[1] != 0;

	(void)machine;
	if (has_number)
		(void)take_stored(w, sms);
	else
		wait_for_fetch(w, sms);
}

void
inbox_call_cb(GSM_StateMachine *machine, GSM_Call *call, void *arg)
{
	struct worker *w = arg;
	char *sender;

	(void)machine;
	if (call->Status == GSM_CALL_CallRemoteEnd ||
	    call->Status == GSM_CALL_CallEnd) {
		inbox_end_call(w);
		return;
	}
	if (call->Status != GSM_CALL_IncomingCall)
		return;
	count_ring(w);	/* once a ring, with +CLIP */
	sender = pdu_number(call->PhoneNumber, sizeof(call->PhoneNumber));
	take_ring(w, sender);
	free(sender);
}

/* --- from our own talk with the modem ------------------------------------ */

static void
stray_report(struct worker *w, const char *hex)
{
	unsigned char octets[300];
	GSM_SMSMessage sms;
	size_t n = 0, end = 0;
	unsigned octet;

	for (; isxdigit((unsigned char)hex[0]) &&
	    isxdigit((unsigned char)hex[1]) && n < sizeof(octets); hex += 2) {
		(void)sscanf(hex, "%2x", &octet);
		octets[n++] = (unsigned char)octet;
	}
	memset(&sms, 0, sizeof(sms));
	if (GSM_DecodePDUFrame(NULL, &sms, octets, n, &end, TRUE) !=
	    ERR_NONE || !take_stored(w, &sms))
		log_warning("stray_pdu", "modem=%s octets=%zu text=\"can't "
		    "be decoded, dropped\"", w->config->modem, n);
}

void
inbox_stray(const char *line, void *arg)
{
	struct worker *w = arg;
	char number[64] = "";

	if (strncmp(line, "+CDS:", 5) == 0 || strncmp(line, "+CMT:", 5) == 0) {
		if ((line = strchr(line, '\n')) != NULL)
			stray_report(w, line + 1);
	} else if (strncmp(line, "+CMTI:", 6) == 0 ||
	    strncmp(line, "+CDSI:", 6) == 0) {
		/* libgammu's place of it would be a guess of ours: read
		 * everything instead. */
		w->inbox.wants_sweep = true;
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
	} else {
		log_debug("stray_line", "modem=%s length=%zu",
		    w->config->modem, strlen(line));
	}
}

/* --- out of the modem's memory ------------------------------------------- */

/* Errors that mean the line, not the message, is at fault. */
static bool
line_failed(struct worker *w, const char *call, GSM_Error error)
{
	bool is_dead = error == ERR_TIMEOUT || error == ERR_DEVICEWRITEERROR ||
	    error == ERR_DEVICEREADERROR || error == ERR_ABORTED;

	if (error != ERR_NONE && error != ERR_EMPTY)
		log_warning("inbox_failed", "modem=%s call=%s error=\"%s\"",
		    w->config->modem, call, GSM_ErrorString(error));
	if (is_dead)
		worker_fail(w, error == ERR_TIMEOUT ? "timeout" : "gone");
	return is_dead;
}

/* Before a call of the library: what came since the last one is ours. */
static bool
begin_call(struct worker *w, const char *call, uint32_t deadline_ms)
{
	if (!worker_drain(w)) {
		worker_fail(w, "gone");
		return false;
	}
	worker_calling(w, call, deadline_ms);
	return true;
}

static void
remove_stored(struct worker *w, GSM_SMSMessage *place)
{
	GSM_Error error;

	/* Else it stays, to be read again. */
	if (ledger_sync(w) == -1 || !begin_call(w, "delete", READ_MS))
		return;
	error = GSM_DeleteSMS(w->machine, place);
	worker_called(w);
	(void)line_failed(w, "delete", error);
}

static void
fetch_one(struct worker *w)
{
	struct inbox *in = &w->inbox;
	GSM_SMSMessage place = in->waiting[0];
	bool is_taken = false;
	GSM_Error error;

	in->n--;
	memmove(in->waiting, in->waiting + 1, in->n * sizeof(place));
	in->fetched->Number = 0;
	in->fetched->SMS[0] = place;
	if (!begin_call(w, "read", READ_MS))
		return;
	error = GSM_GetSMS(w->machine, in->fetched);
	worker_called(w);
	if (line_failed(w, "read", error))
		return;
	if (error != ERR_NONE) {
		in->wants_sweep = true;	/* not there: perhaps elsewhere */
		return;
	}
	for (int i = 0; i < in->fetched->Number; i++)
		if (take_stored(w, &in->fetched->SMS[i]))
			is_taken = true;
	if (is_taken)
		remove_stored(w, &place);
}

/* Everything stored, at most SWEEP_MAX at a time: first all is read and
 * journalled, then deleted, because deleting moves libgammu's cursor. */
static void
sweep(struct worker *w)
{
	struct inbox *in = &w->inbox;
	GSM_SMSMessage *places = xcalloc(SWEEP_MAX, sizeof(*places));
	size_t n = 0;
	GSM_Error error = ERR_NONE;

	in->n_left = 0;
	in->wants_sweep = false;
	in->sweep_deadline = clock_mono_ms() + POLL_MS;
	memset(in->fetched, 0, sizeof(*in->fetched));
	for (bool start = true; n < SWEEP_MAX; start = false) {
		if (!begin_call(w, "sweep", SWEEP_MS))
			break;
		error = GSM_GetNextSMS(w->machine, in->fetched, start);
		worker_called(w);
		if (error != ERR_NONE)
			break;
		for (int i = 0; i < in->fetched->Number && n < SWEEP_MAX; i++)
			if (take_stored(w, &in->fetched->SMS[i]))
				places[n++] = in->fetched->SMS[i];
			else
				in->n_left++;
	}
	/* One that came meanwhile wants it, too: not all is seen. */
	in->wants_sweep = in->wants_sweep || n == SWEEP_MAX;
	if (!line_failed(w, "sweep", error))
		for (size_t i = 0; i < n && !w->is_failed; i++) {
			places[i].Folder = 0; /* flat, as it was read */
			remove_stored(w, &places[i]);
		}
	free(places);
}

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

void
inbox_count(struct worker *w, unsigned used)
{
	if (used > w->inbox.n_left && w->inbox.n == 0)
		w->inbox.wants_sweep = true;
}

bool
inbox_step(struct worker *w)
{
	struct inbox *in = &w->inbox;

	if (in->wants_reject) {
		reject(w);
		return true;
	}
	if (clock_mono_ms() >= inbox_ask_deadline(w)) {
		ask_caller(w);
		return true;
	}
	if (in->n > 0) {
		fetch_one(w);
		return true;
	}
	if (in->must_poll && clock_mono_ms() >= in->sweep_deadline)
		in->wants_sweep = true;
	if (!in->wants_sweep)
		return false;
	sweep(w);
	return true;
}
