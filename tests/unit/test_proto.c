/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The codec of ipc/proto.def: every message there and back, and every way
 * in which octets can be wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ipc/channel.h"
#include "ipc/proto.h"

static char text_word[] = "hồ sơ";
static uint8_t some_bytes[] = {0, 255, 7};

#define FILL_u32(f)   m->f = 0x89abcdef;
#define FILL_u64(f)   m->f = 0x8123456789abcdef;
#define FILL_i32(f)   m->f = -2;
#define FILL_i64(f)   m->f = INT64_MIN + 5;
#define FILL_bool(f)  m->f = true;
#define FILL_str(f)   m->f = text_word;
#define FILL_bytes(f) m->f = (struct proto_bytes){some_bytes, 3};
#define FILL(type, f) FILL_##type(f)
#define SAME_u32(f)   assert_int_equal(a->f, b->f);
#define SAME_u64(f)   assert_int_equal(a->f, b->f);
#define SAME_i32(f)   assert_int_equal(a->f, b->f);
#define SAME_i64(f)   assert_int_equal(a->f, b->f);
#define SAME_bool(f)  assert_int_equal(a->f, b->f);
#define SAME_str(f)   assert_string_equal(a->f, b->f);
#define SAME_bytes(f)                                                         \
	assert_int_equal(a->f.n, b->f.n);                                     \
	assert_memory_equal(a->f.data, b->f.data, a->f.n);
#define SAME(type, f) SAME_##type(f)

#define M(id, name)                                                           \
	static void fill_##name(struct proto_##name *m)                       \
	{                                                                     \
		(void)m;                                                      \
		PROTO_##id(FILL)                                              \
	}                                                                     \
	static void same_##name(const struct proto_##name *a,                 \
	    const struct proto_##name *b)                                     \
	{                                                                     \
		(void)a, (void)b;                                             \
		PROTO_##id(SAME)                                              \
	}
PROTO_MESSAGES(M)
#undef M

static void
fill(struct proto *p, enum proto_type type)
{
	memset(p, 0, sizeof(*p));
	p->type = type;
	switch (type) {
#define M(id, name)                                                           \
	case PROTO_TYPE_##id:                                                 \
		fill_##name(&p->name);                                        \
		break;
		PROTO_MESSAGES(M)
#undef M
	case PROTO_NONE:
	case PROTO_TYPE_END:
		fail();
	}
}

static void
same(const struct proto *a, const struct proto *b)
{
	assert_int_equal(a->type, b->type);
	switch (a->type) {
#define M(id, name)                                                           \
	case PROTO_TYPE_##id:                                                 \
		same_##name(&a->name, &b->name);                              \
		break;
		PROTO_MESSAGES(M)
#undef M
	case PROTO_NONE:
	case PROTO_TYPE_END:
		fail();
	}
}

/* Decodes an exact copy, so that a sanitizer sees reads past the end. */
static int
decode(uint16_t type, const uint8_t *data, size_t n, struct proto *out)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	int rc;

	assert_non_null(copy);
	if (n > 0)
		memcpy(copy, data, n);
	rc = proto_decode(type, copy, n, out);
	free(copy);
	return rc;
}

static void
test_there_and_back(void **state)
{
	(void)state;
	for (int t = PROTO_NONE + 1; t < PROTO_TYPE_END; t++) {
		struct proto in, out;
		size_t n;
		uint8_t *data;

		fill(&in, (enum proto_type)t);
		data = proto_encode(&in, &n);
		assert_int_equal(decode((uint16_t)t, data, n, &out), 0);
		same(&in, &out);
		proto_clear(&out);
		free(data);
	}
}

static void
test_every_truncated_length(void **state)
{
	(void)state;
	for (int t = PROTO_NONE + 1; t < PROTO_TYPE_END; t++) {
		struct proto in, out;
		size_t n;
		uint8_t *data;

		fill(&in, (enum proto_type)t);
		data = proto_encode(&in, &n);
		for (size_t cut = 0; cut < n; cut++) {
			assert_int_equal(
			    decode((uint16_t)t, data, cut, &out), -1);
			assert_int_equal(out.type, PROTO_NONE);
		}
		free(data);
	}
}

static void
test_trailing_octet(void **state)
{
	(void)state;
	for (int t = PROTO_NONE + 1; t < PROTO_TYPE_END; t++) {
		struct proto in, out;
		size_t n;
		uint8_t *data;

		fill(&in, (enum proto_type)t);
		data = proto_encode(&in, &n);
		data = realloc(data, n + 1);
		assert_non_null(data);
		data[n] = 0;
		assert_int_equal(decode((uint16_t)t, data, n + 1, &out), -1);
		free(data);
	}
}

static int
decode_bye(const char *octets, size_t n)
{
	struct proto out;
	int rc = decode(PROTO_TYPE_BYE, (const uint8_t *)octets, n, &out);

	if (rc == 0)
		proto_clear(&out);
	return rc;
}

#define BYE(s) decode_bye(s, sizeof(s) - 1)

static void
test_bad_strings(void **state)
{
	(void)state;
	assert_int_equal(BYE("\0\0\0\0"), 0);
	assert_int_equal(BYE("\2\0\0\0ok"), 0);
	assert_int_equal(BYE("\377\377\377\377ok"), -1);
	assert_int_equal(BYE("\3\0\0\0ok"), -1);
	assert_int_equal(BYE("\1\0\0\0ok"), -1);
	assert_int_equal(BYE("\2\0\0\0o\0"), -1);
	assert_int_equal(BYE("\2\0\0\0\303("), -1);	/* half a character */
	assert_int_equal(BYE("\2\0\0\0\300\200"), -1);	/* overlong NUL */
	assert_int_equal(BYE("\3\0\0\0\355\240\200"), -1); /* surrogate */
}

/* Writes 2^32-1 over every 4 octets: wherever a length is, it is wrong. */
static void
test_huge_lengths(void **state)
{
	struct proto in, out;
	size_t n;
	uint8_t *data;

	(void)state;
	fill(&in, PROTO_TYPE_SUBMIT);
	data = proto_encode(&in, &n);
	for (size_t i = 0; i + 4 <= n; i++) {
		uint8_t kept[4];

		memcpy(kept, data + i, 4);
		memset(data + i, 0xff, 4);
		if (decode(PROTO_TYPE_SUBMIT, data, n, &out) == 0)
			proto_clear(&out);
		memcpy(data + i, kept, 4);
	}
	memset(data, 0xff, 4);
	assert_int_equal(decode(PROTO_TYPE_SUBMIT, data, n, &out), -1);
	free(data);
}

static void
test_unknown_type_and_bool(void **state)
{
	struct proto in, out;
	size_t n;
	uint8_t *data;

	(void)state;
	assert_int_equal(decode(PROTO_NONE, NULL, 0, &out), -1);
	assert_int_equal(decode(PROTO_TYPE_END, NULL, 0, &out), -1);
	assert_int_equal(decode(65535, NULL, 0, &out), -1);
	assert_int_equal(decode(PROTO_TYPE_QUERY, NULL, 0, &out), 0);
	fill(&in, PROTO_TYPE_SUBMIT);
	data = proto_encode(&in, &n);
	data[n - 17] = 2; /* reject_duplicates, before two i64 */
	assert_int_equal(decode(PROTO_TYPE_SUBMIT, data, n, &out), -1);
	free(data);
}

static void
test_null_strings_go_empty(void **state)
{
	struct proto in = {.type = PROTO_TYPE_READY}, out;
	size_t n;
	uint8_t *data = proto_encode(&in, &n);

	(void)state;
	assert_int_equal(decode(PROTO_TYPE_READY, data, n, &out), 0);
	assert_string_equal(out.ready.imei, "");
	proto_clear(&out);
	free(data);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(proto_name(PROTO_TYPE_SUBMIT), "submit");
	assert_string_equal(outcome_name(OUTCOME_UNKNOWN), "unknown");
}

static void
test_frame_peek(void **state)
{
	uint8_t f[CHANNEL_HEAD + 3] = {0};
	uint16_t type;
	size_t n;

	(void)state;
	frame_head(f, PROTO_TYPE_BYE, 3);
	for (size_t have = 0; have < sizeof(f); have++)
		assert_int_equal(frame_peek(f, have, 3, &type, &n),
		    FRAME_PARTIAL);
	assert_int_equal(frame_peek(f, sizeof(f), 3, &type, &n), FRAME_WHOLE);
	assert_int_equal(type, PROTO_TYPE_BYE);
	assert_int_equal(n, 3);
	assert_int_equal(frame_peek(f, sizeof(f), 2, &type, &n), FRAME_BAD);
	f[6]++;
	assert_int_equal(frame_peek(f, sizeof(f), 3, &type, &n), FRAME_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_every_truncated_length),
		cmocka_unit_test(test_trailing_octet),
		cmocka_unit_test(test_bad_strings),
		cmocka_unit_test(test_huge_lengths),
		cmocka_unit_test(test_unknown_type_and_bool),
		cmocka_unit_test(test_null_strings_go_empty),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_frame_peek),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
