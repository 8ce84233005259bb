/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * SMPP 3.4 PDUs as C structs, and their codec. Pure functions: no sockets.
 *
 * The decoder takes any octets. What it gives out is whole: strings end,
 * lengths are those of the PDU, optional parameters lie within it.
 */
#ifndef SMPP_PDU_H
#define SMPP_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smpp/pdu.def"

#define SMPP_HEADER	16	/* octets: length, command, status, number */
#define SMPP_PDU_MAX	(SMPP_HEADER + 512 + 4 + 65535)	/* a payload in it */
#define SMPP_TEXT_MAX	254	/* octets of short_message, §5.2.21 */
#define SMPP_TLVS_MAX	32	/* optional parameters that are kept */
#define SMPP_VERSION	0x34	/* interface_version; some take no other */
#define SMPP_RESPONSE	UINT32_C(0x80000000)	/* in a command: an answer */

enum smpp_command {
#define C(id, number, body, name) SMPP_CMD_##id = (int)(number),
	SMPP_COMMANDS(C)
#undef C
};
/* "submit_sm"; NULL for a command that is not in the table. */
const char *smpp_command_name(uint32_t command);

enum smpp_tag {
#define T(id, tag) SMPP_TAG_##id = tag,
	SMPP_TAGS(T)
#undef T
};

struct smpp_text {
	uint8_t octets[SMPP_TEXT_MAX];
	size_t n;
};

/* Borrowed: from what was decoded, or from the caller. */
struct smpp_tlv {
	uint16_t tag;
	uint16_t n;
	const uint8_t *value;
};

#define SMPP_C_str(field, most)	 char field[most];
#define SMPP_C_u8(field, most)	 uint8_t field;
#define SMPP_C_text(field, most) struct smpp_text field;
#define SMPP_FIELD(type, field, most) SMPP_C_##type(field, most)
#define B(id, name)                                                           \
	struct smpp_##name {                                                  \
		SMPP_##id(SMPP_FIELD)                                         \
	};
SMPP_BODIES(B)
#undef B

struct smpp_pdu {
	uint32_t command, status, sequence;
	union {
#define B(id, name) struct smpp_##name name;
		SMPP_BODIES(B)
#undef B
	};
	struct smpp_tlv tlvs[SMPP_TLVS_MAX];
	size_t n_tlvs;
};

/* The length of the PDU that begins here, from its first four octets. 0: that
 * is no length of a PDU (below 16 or above SMPP_PDU_MAX); nobody knows where
 * the next one begins, so the connection is of no more use. */
size_t smpp_length(const uint8_t head[4]);

enum smpp_verdict {
	SMPP_OK,
	SMPP_UNKNOWN,	/* only the header was read: generic_nack, 0x03 */
	SMPP_BROKEN,	/* a field is too long or the PDU too short: 0x02;
			 * the header is right */
};

/* Decodes one PDU of n octets (smpp_length()). The TLVs point into data. An
 * answer without a body is whole (§4.1.2: when its status is not 0). TLVs
 * beyond SMPP_TLVS_MAX, and octets at the end that are none, are passed over,
 * as §3.3 asks. */
enum smpp_verdict smpp_decode(const uint8_t *data, size_t n,
    struct smpp_pdu *out);

/* How many octets it takes; they are written when size is enough. 0: it can't
 * be encoded (not a command of the table, a string without an end). */
size_t smpp_encode(const struct smpp_pdu *pdu, uint8_t *data, size_t size);

/* NULL: it is not there. */
const struct smpp_tlv *smpp_tlv_find(const struct smpp_pdu *, uint16_t tag);
/* The value of 1, 2 or 4 octets, most significant first; false: not there, or
 * of another length. */
bool smpp_tlv_number(const struct smpp_pdu *, uint16_t tag, uint32_t *out);
/* value is borrowed until the PDU was encoded. False: there are too many. */
bool smpp_tlv_add(struct smpp_pdu *, uint16_t tag, const uint8_t *value,
    uint16_t n);

#endif
