/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The messages of proto.def as C structs, and their codec: little endian,
 * strings and bytes with a 32 bit length in front.
 */
#ifndef IPC_PROTO_H
#define IPC_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/proto.def"

#define PROTO_VERSION 1

enum outcome {
#define X(id, name) OUTCOME_##id,
	OUTCOMES(X)
#undef X
};
const char *outcome_name(enum outcome);

enum reset {
#define X(id, name) RESET_##id,
	RESETS(X)
#undef X
};

enum proto_type {
	PROTO_NONE,
#define M(id, name) PROTO_TYPE_##id,
	PROTO_MESSAGES(M)
#undef M
	PROTO_TYPE_END,
};
const char *proto_name(enum proto_type);

struct proto_bytes {
	uint8_t *data;
	size_t n;
};

#define PROTO_C_u32(f)	 uint32_t f;
#define PROTO_C_u64(f)	 uint64_t f;
#define PROTO_C_i32(f)	 int32_t f;
#define PROTO_C_i64(f)	 int64_t f;
#define PROTO_C_bool(f)	 bool f;
#define PROTO_C_str(f)	 char *f;
#define PROTO_C_bytes(f) struct proto_bytes f;
#define PROTO_FIELD(type, field) PROTO_C_##type(field)
#define M(id, name)                                                           \
	struct proto_##name {                                                 \
		PROTO_##id(PROTO_FIELD)                                       \
	};
PROTO_MESSAGES(M)
#undef M

struct proto {
	enum proto_type type;
	union {
#define M(id, name) struct proto_##name name;
		PROTO_MESSAGES(M)
#undef M
	};
};

/* Encodes one message (NULL strings go as ""). Returns the octets for the
 * caller to free, *n their number. */
uint8_t *proto_encode(const struct proto *, size_t *n);

/* Decodes; every string is owned by *out until proto_clear(). 0, or -1 when
 * the type is unknown, octets lack or are left over, or a string holds NUL
 * or is not valid UTF-8; then *out is cleared. Does not log. */
int proto_decode(uint16_t type, const uint8_t *data, size_t n,
    struct proto *out);
void proto_clear(struct proto *);

#endif
