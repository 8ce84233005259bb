/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: the octets of a PDU from the air (SMSC's number in front, as
 * +CMT, +CDS and +CMGR bring it) through libgammu's decoder, and what of its
 * result goes to the journal; or, where it gives up, through what is told of
 * a message that can't be read. The first octet also chooses a flattened
 * GSM_SMSMessage: what libgammu could hand over at worst.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/log.h"
#include "base/phone.h"
#include "worker/guard.h"
#include "worker/pdu.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_text(char *text)
{
	assert(u8_check((const uint8_t *)text, strlen(text)) == NULL);
	free(text);
}

static void
check(const GSM_SMSMessage *sms)
{
	struct concat c = pdu_concat(sms);
	char *number = pdu_number(sms->Number, sizeof(sms->Number));
	char masked[PHONE_SIZE], e164[PHONE_SIZE];

	assert(c.part >= 1 && c.part <= c.parts && c.parts <= 255);
	assert(strlen(phone_mask(number, masked)) < sizeof(masked));
	(void)phone_from_network("84", number, e164);
	check_text(number);
	check_text(pdu_text(sms));
	(void)pdu_time(&sms->DateTime);
}

/* Not decoded, but made of the octets as they are. */
static void
try_struct(const uint8_t *data, size_t n)
{
	static const GSM_Coding_Type codings[] = {
		SMS_Coding_Unicode_No_Compression,
		SMS_Coding_Default_No_Compression, SMS_Coding_8bit,
	};
	GSM_SMSMessage sms;
	size_t head = n < sizeof(sms.UDH.Text) ? n : sizeof(sms.UDH.Text);

	memset(&sms, 0, sizeof(sms));
	sms.Coding = codings[n % 3];
	sms.UDH.Type = UDH_UserUDH;
	sms.UDH.Length = (int)head;
	memcpy(sms.UDH.Text, data, head);
	memcpy(sms.Text, data, n < sizeof(sms.Text) ? n : sizeof(sms.Text));
	memcpy(sms.Number, data, n < sizeof(sms.Number) ? n
	    : sizeof(sms.Number));
	check(&sms);
}

/* What is told of a message that can't be read: hexadecimal, "xx" for each
 * octet of the number, and nothing of the text. */
static void
check_head(const uint8_t *data, size_t n, bool is_malformed)
{
	char head[GUARD_HEAD];
	size_t length;

	guard_head(data, n, head, sizeof(head));
	length = strlen(head);
	assert(length < sizeof(head) && length % 2 == 0);
	assert(strspn(head, "0123456789ABCDEFx") == length);
	/* TP-MTI, TP-MR, length and type of the number; at most all that a
	 * report has (3GPP TS 23.040 §9.2.2.3). */
	assert(length <= 2 * (is_malformed ? 4 : 29));
	assert(!is_malformed || strchr(head, 'x') == NULL);
}

/* An answer for whatever was refused, and the same one each time. */
static void
check_refusal(const uint8_t *data, size_t n, const char *reason)
{
	static const char *const kinds[] = {
		"deliver", "submit", "report", "reserved", "none",
	};
	static GSM_SMSMessage again;
	const char *kind = guard_kind(data, n);
	bool is_malformed = strcmp(reason, "malformed") == 0, is_known = false;

	assert(is_malformed || strcmp(reason, "not_supported") == 0);
	assert(is_malformed == (guard_sound(data, n) == 0));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		is_known = is_known || strcmp(kind, kinds[i]) == 0;
	assert(is_known);
	assert(guard_decode(data, n, &again) == reason);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static GSM_SMSMessage sms;
	const char *reason;

	if (n == 0 || n > GUARD_PDU_MAX + 1)
		return 0;
	(void)log_init("fuzz_worker_pdu", "stderr", "error");
	if (data[0] == 0xff) {
		try_struct(data + 1, n - 1);
		return 0;
	}
	reason = guard_decode(data, n, &sms);
	if (reason == NULL)
		check(&sms);
	else
		check_refusal(data, n, reason);
	check_head(data, n, guard_sound(data, n) == 0);
	return 0;
}
