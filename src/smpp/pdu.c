/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One reader and one writer per type of field; the bodies are lists of fields
 * from pdu.def.
 */
#include <string.h>

#include "smpp/pdu.h"

const char *
smpp_command_name(uint32_t command)
{
	switch (command) {
#define C(id, number, body, name)                                             \
	case number:                                                          \
		return name;
		SMPP_COMMANDS(C)
#undef C
	default:
		return NULL;
	}
}

/* --- reading -------------------------------------------------------------- */

struct in {
	const uint8_t *at, *end;
	bool is_broken;
};

static uint32_t
number(const uint8_t *octets, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | octets[i];
	return value;
}

static void
read_u8(struct in *in, uint8_t *out)
{
	if (in->at == in->end)
		in->is_broken = true;
	else
		*out = *in->at++;
}

/* most: octets of out, NUL included. */
static void
read_str(struct in *in, char *out, size_t most)
{
	size_t n = (size_t)(in->end - in->at);
	const uint8_t *nul = n > 0 ? memchr(in->at, '\0', n) : NULL;

	if (nul == NULL || (size_t)(nul - in->at) >= most) {
		in->is_broken = true;
		in->at = in->end;
		return;
	}
	memcpy(out, in->at, (size_t)(nul - in->at) + 1);
	in->at = nul + 1;
}

static void
read_text(struct in *in, struct smpp_text *out)
{
	uint8_t n = 0;

	read_u8(in, &n);
	if (n > SMPP_TEXT_MAX || n > (size_t)(in->end - in->at)) {
		in->is_broken = true;
		return;
	}
	memcpy(out->octets, in->at, n);
	out->n = n;
	in->at += n;
}

#define READ_str(field, most)  read_str(in, out->field, most);
#define READ_u8(field, most)   read_u8(in, &out->field);
#define READ_text(field, most) read_text(in, &out->field);
#define READ(type, field, most) READ_##type(field, most)
#define B(id, name)                                                           \
	static void read_##id(struct in *in, struct smpp_pdu *pdu)            \
	{                                                                     \
		struct smpp_##name *out = &pdu->name;                         \
                                                                              \
		SMPP_##id(READ)                                               \
	}
SMPP_BODIES(B)
#undef B

static void
read_EMPTY(struct in *in, struct smpp_pdu *pdu)
{
	(void)in;
	(void)pdu;
}

static void
read_tlvs(struct in *in, struct smpp_pdu *pdu)
{
	while (in->end - in->at >= 4 && pdu->n_tlvs < SMPP_TLVS_MAX) {
		struct smpp_tlv *tlv = &pdu->tlvs[pdu->n_tlvs];

		tlv->tag = (uint16_t)number(in->at, 2);
		tlv->n = (uint16_t)number(in->at + 2, 2);
		if (tlv->n > in->end - in->at - 4)
			return;
		tlv->value = in->at + 4;
		in->at += 4 + tlv->n;
		pdu->n_tlvs++;
	}
}

static enum smpp_verdict
read_body(struct in *in, struct smpp_pdu *pdu)
{
	switch (pdu->command) {
#define C(id, number, body, name)                                             \
	case number:                                                          \
		read_##body(in, pdu);                                         \
		break;
		SMPP_COMMANDS(C)
#undef C
	default:
		return SMPP_UNKNOWN;
	}
	return in->is_broken ? SMPP_BROKEN : SMPP_OK;
}

size_t
smpp_length(const uint8_t head[4])
{
	size_t n = number(head, 4);

	return n >= SMPP_HEADER && n <= SMPP_PDU_MAX ? n : 0;
}

enum smpp_verdict
smpp_decode(const uint8_t *data, size_t n, struct smpp_pdu *out)
{
	struct in in = {data + SMPP_HEADER, data + n, false};
	enum smpp_verdict verdict;

	memset(out, 0, sizeof(*out));
	if (n < SMPP_HEADER)
		return SMPP_BROKEN;
	out->command = number(data + 4, 4);
	out->status = number(data + 8, 4);
	out->sequence = number(data + 12, 4);
	if ((out->command & SMPP_RESPONSE) != 0 && n == SMPP_HEADER)
		return smpp_command_name(out->command) != NULL ? SMPP_OK
		    : SMPP_UNKNOWN;
	verdict = read_body(&in, out);
	if (verdict == SMPP_OK)
		read_tlvs(&in, out);
	return verdict;
}

/* --- writing -------------------------------------------------------------- */

struct out {
	uint8_t *at;
	size_t n, size;
	bool is_broken;
};

static void
write_octets(struct out *out, const void *octets, size_t n)
{
	if (n > 0 && out->n + n <= out->size)
		memcpy(out->at + out->n, octets, n);
	out->n += n;
}

static void
write_number(struct out *out, uint32_t value, size_t n)
{
	uint8_t octets[4];

	for (size_t i = 0; i < n; i++)
		octets[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
	write_octets(out, octets, n);
}

static void
write_str(struct out *out, const char *text, size_t most)
{
	size_t n = strnlen(text, most);

	out->is_broken = out->is_broken || n == most;
	write_octets(out, text, n);
	write_number(out, 0, 1);
}

static void
write_text(struct out *out, const struct smpp_text *text)
{
	out->is_broken = out->is_broken || text->n > SMPP_TEXT_MAX;
	if (out->is_broken)
		return;
	write_number(out, (uint32_t)text->n, 1);
	write_octets(out, text->octets, text->n);
}

#define WRITE_str(field, most)	write_str(out, in->field, most);
#define WRITE_u8(field, most)	write_number(out, in->field, 1);
#define WRITE_text(field, most) write_text(out, &in->field);
#define WRITE(type, field, most) WRITE_##type(field, most)
#define B(id, name)                                                           \
	static void write_##id(struct out *out, const struct smpp_pdu *pdu)   \
	{                                                                     \
		const struct smpp_##name *in = &pdu->name;                    \
                                                                              \
		SMPP_##id(WRITE)                                              \
	}
SMPP_BODIES(B)
#undef B

static void
write_EMPTY(struct out *out, const struct smpp_pdu *pdu)
{
	(void)out;
	(void)pdu;
}

static void
write_body(struct out *out, const struct smpp_pdu *pdu)
{
	switch (pdu->command) {
#define C(id, number, body, name)                                             \
	case number:                                                          \
		write_##body(out, pdu);                                       \
		break;
		SMPP_COMMANDS(C)
#undef C
	default:
		out->is_broken = true;
	}
}

/* §4.1.2 and others: an answer that says an error has no body. */
static bool
has_body(const struct smpp_pdu *pdu)
{
	return (pdu->command & SMPP_RESPONSE) == 0 || pdu->status == 0;
}

size_t
smpp_encode(const struct smpp_pdu *pdu, uint8_t *data, size_t size)
{
	struct out out = {.at = data, .size = size};
	struct out length = {.at = data, .size = size};

	write_number(&out, 0, 4);
	write_number(&out, pdu->command, 4);
	write_number(&out, pdu->status, 4);
	write_number(&out, pdu->sequence, 4);
	if (smpp_command_name(pdu->command) == NULL)
		return 0;
	if (has_body(pdu)) {
		write_body(&out, pdu);
		for (size_t i = 0; i < pdu->n_tlvs; i++) {
			write_number(&out, pdu->tlvs[i].tag, 2);
			write_number(&out, pdu->tlvs[i].n, 2);
			write_octets(&out, pdu->tlvs[i].value,
			    pdu->tlvs[i].n);
		}
	}
	if (out.is_broken)
		return 0;
	write_number(&length, (uint32_t)out.n, 4);
	return out.n;
}

/* --- optional parameters -------------------------------------------------- */

const struct smpp_tlv *
smpp_tlv_find(const struct smpp_pdu *pdu, uint16_t tag)
{
	for (size_t i = 0; i < pdu->n_tlvs; i++)
		if (pdu->tlvs[i].tag == tag)
			return &pdu->tlvs[i];
	return NULL;
}

bool
smpp_tlv_number(const struct smpp_pdu *pdu, uint16_t tag, uint32_t *out)
{
	const struct smpp_tlv *tlv = smpp_tlv_find(pdu, tag);

	if (tlv == NULL || (tlv->n != 1 && tlv->n != 2 && tlv->n != 4))
		return false;
	*out = number(tlv->value, tlv->n);
	return true;
}

bool
smpp_tlv_add(struct smpp_pdu *pdu, uint16_t tag, const uint8_t *value,
    uint16_t n)
{
	if (pdu->n_tlvs == SMPP_TLVS_MAX)
		return false;
	pdu->tlvs[pdu->n_tlvs++] = (struct smpp_tlv){tag, n, value};
	return true;
}
