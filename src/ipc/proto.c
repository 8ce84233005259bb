/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The codec of proto.def: a writer that grows, and a reader that remembers
 * a lack of octets instead of stopping, so that proto_decode() tests once,
 * at the end: nothing lacked and nothing is left over. Bytes come from a
 * process that libgammu may have damaged: nothing in here may exit.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/mem.h"
#include "ipc/proto.h"

const char *
outcome_name(enum outcome outcome)
{
	switch (outcome) {
#define X(id, name)                                                           \
	case OUTCOME_##id:                                                    \
		return name;
		OUTCOMES(X)
#undef X
	}
	return "?";
}

const char *
proto_name(enum proto_type type)
{
	switch (type) {
#define M(id, name)                                                           \
	case PROTO_TYPE_##id:                                                 \
		return #name;
		PROTO_MESSAGES(M)
#undef M
	case PROTO_NONE:
	case PROTO_TYPE_END:
		break;
	}
	return "?";
}

/* --- writing ------------------------------------------------------------ */

struct encoder {
	uint8_t *data;
	size_t n, size;
};

static uint8_t *
writer_room(struct encoder *w, size_t n)
{
	uint8_t *at;

	if (w->size - w->n < n) {
		w->size = (w->size + n) * 2;
		w->data = xreallocarray(w->data, w->size, 1);
	}
	at = w->data + w->n;
	w->n += n;
	return at;
}

static void
put_number(struct encoder *w, uint64_t value, unsigned octets)
{
	uint8_t *at = writer_room(w, octets);

	for (unsigned i = 0; i < octets; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void
put_octets(struct encoder *w, const void *data, size_t n)
{
	assert(n < UINT32_MAX);
	put_number(w, n, 4);
	if (n > 0)
		memcpy(writer_room(w, n), data, n);
}

static void
put_u32(struct encoder *w, const uint32_t *field)
{
	put_number(w, *field, 4);
}

static void
put_u64(struct encoder *w, const uint64_t *field)
{
	put_number(w, *field, 8);
}

static void
put_i32(struct encoder *w, const int32_t *field)
{
	put_number(w, (uint32_t)*field, 4);
}

static void
put_i64(struct encoder *w, const int64_t *field)
{
	put_number(w, (uint64_t)*field, 8);
}

static void
put_bool(struct encoder *w, const bool *field)
{
	put_number(w, *field, 1);
}

static void
put_str(struct encoder *w, char *const *field)
{
	put_octets(w, *field, *field != NULL ? strlen(*field) : 0);
}

static void
put_bytes(struct encoder *w, const struct proto_bytes *field)
{
	put_octets(w, field->data, field->n);
}

#define PUT(type, field) put_##type(w, &m->field);
#define M(id, name)                                                            \
	static void put_##name(                                                \
	    struct encoder *w, const struct proto_##name *m)                   \
	{                                                                      \
		(void)w, (void)m;                                              \
		PROTO_##id(PUT)                                                \
	}
PROTO_MESSAGES(M)
#undef M

uint8_t *
proto_encode(const struct proto *p, size_t *n)
{
	struct encoder w = {.size = 64};

	w.data = xmalloc(w.size);
	switch (p->type) {
#define M(id, name)                                                           \
	case PROTO_TYPE_##id:                                                 \
		put_##name(&w, &p->name);                                     \
		break;
		PROTO_MESSAGES(M)
#undef M
	case PROTO_NONE:
	case PROTO_TYPE_END:
		assert(!"a message without a type");
	}
	*n = w.n;
	return w.data;
}

/* --- reading ------------------------------------------------------------ */

struct decoder {
	const uint8_t *at;
	size_t left;
	bool failed;
};

static const uint8_t *
reader_take(struct decoder *r, size_t n)
{
	const uint8_t *at = r->at;

	if (r->failed || r->left < n) {
		r->failed = true;
		return NULL;
	}
	r->at += n;
	r->left -= n;
	return at;
}

static uint64_t
get_number(struct decoder *r, unsigned octets)
{
	const uint8_t *at = reader_take(r, octets);
	uint64_t value = 0;

	if (at == NULL)
		return 0;
	for (unsigned i = 0; i < octets; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static void
get_u32(struct decoder *r, uint32_t *field)
{
	*field = (uint32_t)get_number(r, 4);
}

static void
get_u64(struct decoder *r, uint64_t *field)
{
	*field = get_number(r, 8);
}

static void
get_i32(struct decoder *r, int32_t *field)
{
	*field = (int32_t)(uint32_t)get_number(r, 4);
}

static void
get_i64(struct decoder *r, int64_t *field)
{
	*field = (int64_t)get_number(r, 8);
}

static void
get_bool(struct decoder *r, bool *field)
{
	uint64_t value = get_number(r, 1);

	if (value > 1)
		r->failed = true;
	*field = value == 1;
}

static void
get_str(struct decoder *r, char **field)
{
	size_t n = get_number(r, 4);
	const uint8_t *at = reader_take(r, n);

	if (at != NULL &&
	    (memchr(at, '\0', n) != NULL || u8_check(at, n) != NULL)) {
		r->failed = true;
		at = NULL;
	}
	*field = at != NULL ? xmalloc(n + 1) : NULL;
	if (at != NULL) {
		memcpy(*field, at, n);
		(*field)[n] = '\0';
	}
}

static void
get_bytes(struct decoder *r, struct proto_bytes *field)
{
	size_t n = get_number(r, 4);
	const uint8_t *at = reader_take(r, n);

	if (at == NULL)
		return;
	field->data = xmalloc(n);
	memcpy(field->data, at, n);
	field->n = n;
}

#define GET(type, field) get_##type(r, &m->field);
#define M(id, name)                                                           \
	static void get_##name(struct decoder *r, struct proto_##name *m)      \
	{                                                                     \
		(void)r, (void)m;                                             \
		PROTO_##id(GET)                                               \
	}
PROTO_MESSAGES(M)
#undef M

int
proto_decode(uint16_t type, const uint8_t *data, size_t n, struct proto *out)
{
	struct decoder r = {.at = data, .left = n};

	memset(out, 0, sizeof(*out));
	switch (type) {
#define M(id, name)                                                           \
	case PROTO_TYPE_##id:                                                 \
		out->type = PROTO_TYPE_##id;                                  \
		get_##name(&r, &out->name);                                   \
		break;
		PROTO_MESSAGES(M)
#undef M
	default: /* a number from outside, not one of our enums */
		return -1;
	}
	if (!r.failed && r.left == 0)
		return 0;
	proto_clear(out);
	return -1;
}

#define CLEAR_u32(field)
#define CLEAR_u64(field)
#define CLEAR_i32(field)
#define CLEAR_i64(field)
#define CLEAR_bool(field)
#define CLEAR_str(field)   free(m->field);
#define CLEAR_bytes(field) free(m->field.data);
#define CLEAR(type, field) CLEAR_##type(field)
#define M(id, name)                                                           \
	static void clear_##name(struct proto_##name *m)                      \
	{                                                                     \
		(void)m;                                                      \
		PROTO_##id(CLEAR)                                             \
	}
PROTO_MESSAGES(M)
#undef M

void
proto_clear(struct proto *p)
{
	switch (p->type) {
#define M(id, name)                                                           \
	case PROTO_TYPE_##id:                                                 \
		clear_##name(&p->name);                                       \
		break;
		PROTO_MESSAGES(M)
#undef M
	case PROTO_NONE:
	case PROTO_TYPE_END:
		break;
	}
	memset(p, 0, sizeof(*p));
}
