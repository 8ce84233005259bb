/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Optional parameters go before the text; what one lacks the other may say.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "smpp/receipt.h"

/* esm_class, §5.2.12: bits 5 to 2. */
#define ESM_TYPE	 0x3c
#define ESM_RECEIPT	 0x04
#define ESM_INTERMEDIATE 0x20

static const struct {
	enum smpp_state state;
	const char *word;
} states[] = {
#define M(id, number, word) {SMPP_STATE_##id, word},
	SMPP_STATES(M)
#undef M
};

/* The text, wherever it stands: n octets, not ended. */
static const uint8_t *
receipt_text(const struct smpp_pdu *pdu, size_t *n)
{
	const struct smpp_tlv *payload = smpp_tlv_find(pdu,
	    SMPP_TAG_MESSAGE_PAYLOAD);

	*n = 0;
	if (payload != NULL) {
		*n = payload->n;
		return payload->value;
	}
	if (pdu->command != SMPP_CMD_DELIVER_SM)
		return NULL;
	*n = pdu->message.short_message.n;
	return pdu->message.short_message.octets;
}

/* Finds the value behind "key:", up to the next blank; false: no such key. */
static bool
find_word(const uint8_t *text, size_t n, const char *key, char *out,
    size_t size)
{
	size_t length = strlen(key), used = 0;

	for (size_t i = 0; i + length < n; i++) {
		if (strncasecmp((const char *)text + i, key, length) != 0 ||
		    text[i + length] != ':' ||
		    (i > 0 && text[i - 1] != ' '))
			continue;
		for (i += length + 1; i < n && isgraph(text[i]) &&
		    used + 1 < size; i++)
			out[used++] = (char)text[i];
		out[used] = '\0';
		return used > 0;
	}
	return false;
}

static enum smpp_state
state_of(const char *word)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcasecmp(states[i].word, word) == 0)
			return states[i].state;
	return SMPP_STATE_NONE;
}

static void
read_text(const struct smpp_pdu *pdu, struct smpp_receipt *out)
{
	size_t n;
	const uint8_t *text = receipt_text(pdu, &n);
	char word[16];

	if (text == NULL)
		return;
	if (out->id[0] == '\0')
		(void)find_word(text, n, "id", out->id, sizeof(out->id));
	if (out->state == SMPP_STATE_NONE &&
	    find_word(text, n, "stat", word, sizeof(word)))
		out->state = state_of(word);
	if (out->error[0] == '\0')
		(void)find_word(text, n, "err", out->error,
		    sizeof(out->error));
}

static void
read_parameters(const struct smpp_pdu *pdu, struct smpp_receipt *out)
{
	const struct smpp_tlv *id = smpp_tlv_find(pdu,
	    SMPP_TAG_RECEIPTED_MESSAGE_ID);
	const struct smpp_tlv *error = smpp_tlv_find(pdu,
	    SMPP_TAG_NETWORK_ERROR_CODE);
	uint32_t state;

	if (id != NULL) {
		size_t n = strnlen((const char *)id->value, id->n);

		if (n < sizeof(out->id)) {
			memcpy(out->id, id->value, n);
			out->id[n] = '\0';
		}
	}
	if (smpp_tlv_number(pdu, SMPP_TAG_MESSAGE_STATE, &state) &&
	    state >= SMPP_STATE_ENROUTE && state <= SMPP_STATE_REJECTED)
		out->state = (enum smpp_state)state;
	if (error != NULL && error->n == 3)	/* §5.3.2.31 */
		(void)snprintf(out->error, sizeof(out->error), "%03u",
		    (unsigned)error->value[1] << 8 | error->value[2]);
}

bool
smpp_receipt_read(const struct smpp_pdu *pdu, struct smpp_receipt *out)
{
	uint8_t type = pdu->command == SMPP_CMD_DELIVER_SM
	    ? pdu->message.esm_class : pdu->command == SMPP_CMD_DATA_SM
	    ? pdu->data.esm_class : 0;

	memset(out, 0, sizeof(*out));
	type &= ESM_TYPE;
	if (type != ESM_RECEIPT && type != ESM_INTERMEDIATE &&
	    smpp_tlv_find(pdu, SMPP_TAG_RECEIPTED_MESSAGE_ID) == NULL)
		return false;
	read_parameters(pdu, out);
	read_text(pdu, out);
	out->is_intermediate = type == ESM_INTERMEDIATE ||
	    out->state == SMPP_STATE_ENROUTE ||
	    out->state == SMPP_STATE_ACCEPTED;
	return out->id[0] != '\0' && out->state != SMPP_STATE_NONE;
}

/* --- names of messages ---------------------------------------------------- */

static const char *
without_zeros(const char *id)
{
	while (id[0] == '0' && id[1] != '\0')
		id++;
	return id;
}

/* The number that the id is in this base; false: it is none, or too large. */
static bool
as_number(const char *id, int base, unsigned long long *out)
{
	char *end;

	if (!isxdigit((unsigned char)id[0]))
		return false;
	errno = 0;
	*out = strtoull(id, &end, base);
	return *end == '\0' && errno == 0;
}

bool
smpp_id_equal(const char *submitted, const char *receipted)
{
	unsigned long long a, b;

	if (strcasecmp(without_zeros(submitted), without_zeros(receipted)) ==
	    0)
		return true;
	return (as_number(submitted, 16, &a) && as_number(receipted, 10, &b) &&
	    a == b) || (as_number(submitted, 10, &a) &&
	    as_number(receipted, 16, &b) && a == b);
}
