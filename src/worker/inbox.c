/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes status reports, incoming texts and calls to the journal, then reports
 * them to the daemon. The caller deletes or acknowledges each one afterwards.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/phone.h"
#include "worker/at.h"
#include "worker/guard.h"
#include "worker/inbox.h"
#include "worker/ledger.h"
#include "worker/link.h"
#include "worker/pdu.h"

void
inbox_init(struct inbox *in, struct ledger *ledger, struct link *link,
    const char *modem, char *imsi)
{
	in->ledger = ledger;
	in->link = link;
	in->modem = modem;
	in->imsi = imsi;
}

static void
note_and_send(struct inbox *in, struct proto *p, uint64_t *seq)
{
	if (ledger_append(in->ledger, p) == -1)
		*seq = 0;
	link_put(in->link, p);
}

static void
take_report(struct inbox *in, const GSM_SMSMessage *sms)
{
	struct proto p = {.type = PROTO_TYPE_REPORT};
	char *phone = pdu_number(sms->Number, sizeof(sms->Number));
	char masked[PHONE_SIZE];

	p.report.seq = ledger_next_seq(in->ledger);
	p.report.phone = phone;
	p.report.reference = sms->MessageReference;
	p.report.tp_status = sms->DeliveryStatus;
	p.report.sent_at = pdu_time(&sms->DateTime);
	p.report.discharged_at = pdu_time(&sms->SMSCTime);
	p.report.imsi = in->imsi;
	p.report.at = clock_wall_ms();
	log_info("report", "modem=%s phone=%s reference=%u tp_status=%u",
	    in->modem, phone_mask(phone, masked), p.report.reference,
	    p.report.tp_status);
	note_and_send(in, &p, &p.report.seq);
	free(phone);
}

static void
take_incoming(struct inbox *in, const GSM_SMSMessage *sms)
{
	struct proto p = {.type = PROTO_TYPE_INCOMING};
	struct concat c = pdu_concat(sms);
	char *sender = pdu_number(sms->Number, sizeof(sms->Number));
	char *text = pdu_text(sms);
	char masked[PHONE_SIZE];

	p.incoming.seq = ledger_next_seq(in->ledger);
	p.incoming.sender = sender;
	p.incoming.text = text;
	p.incoming.concat_ref = c.reference;
	p.incoming.part = c.part;
	p.incoming.parts = c.parts;
	p.incoming.sent_at = pdu_time(&sms->DateTime);
	p.incoming.imsi = in->imsi;
	p.incoming.at = clock_wall_ms();
	log_info("incoming", "modem=%s phone=%s part=%u/%u octets=%zu",
	    in->modem, phone_mask(sender, masked), c.part, c.parts,
	    strlen(text));
	note_and_send(in, &p, &p.incoming.seq);
	free(sender);
	free(text);
}

/* An unreadable message must not stop those behind it. Its head goes to the
 * daemon, without number and content; then the message is deleted like any
 * other. */
static void
take_unreadable(struct inbox *in, const struct pdu_place *place,
    const uint8_t *data, size_t n, const char *reason)
{
	struct proto p = {.type = PROTO_TYPE_UNREADABLE};
	char head[GUARD_HEAD];

	guard_head(data, n, head, sizeof(head));
	p.unreadable.seq = ledger_next_seq(in->ledger);
	p.unreadable.memory = xstrdup(place->memory);
	p.unreadable.place = place->index;
	p.unreadable.kind = xstrdup(guard_kind(data, n));
	p.unreadable.reason = xstrdup(reason);
	p.unreadable.head = xstrdup(head);
	p.unreadable.octets = (uint32_t)n;
	p.unreadable.digest = (uint32_t)crc32(0, data, (uInt)n);
	p.unreadable.imsi = xstrdup(in->imsi);
	p.unreadable.at = clock_wall_ms();
	log_warning("unreadable", "modem=%s memory=%s place=%d kind=%s "
	    "reason=%s octets=%zu head=%s", in->modem, place->memory,
	    place->index, p.unreadable.kind, reason, n, head);
	note_and_send(in, &p, &p.unreadable.seq);
	proto_clear(&p);
}

void
inbox_take(struct inbox *in, const struct pdu_place *place, const char *hex)
{
	uint8_t data[GUARD_PDU_MAX];
	size_t n = at_octets(hex, data, sizeof(data));
	GSM_SMSMessage sms;
	const char *reason = n > 0 ? guard_decode(data, n, &sms) :
	    *hex == '\0' ? "empty" : "not_hexadecimal";

	if (reason == NULL && sms.PDU == SMS_Deliver)
		take_incoming(in, &sms);
	else if (reason == NULL && sms.PDU == SMS_Status_Report)
		take_report(in, &sms);
	else
		take_unreadable(in, place, data, n,
		    reason != NULL ? reason : "draft");
}

void
inbox_call(struct inbox *in, char *caller, int64_t at)
{
	struct proto p = {.type = PROTO_TYPE_RANG};
	char masked[PHONE_SIZE];

	p.rang.seq = ledger_next_seq(in->ledger);
	p.rang.sender = caller;
	p.rang.imsi = in->imsi;
	p.rang.at = at;
	log_info("rang", "modem=%s phone=%s", in->modem,
	    phone_mask(caller, masked));
	note_and_send(in, &p, &p.rang.seq);
}
