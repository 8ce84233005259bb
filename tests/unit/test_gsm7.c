/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The GSM alphabet, its packing, and UTF-16.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/gsm7.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void
test_width(void **state)
{
	unsigned single = 0, twice = 0;

	(void)state;
	for (uint32_t c = 0; c < 0x30000; c++) {
		single += gsm7_width(c) == 1;
		twice += gsm7_width(c) == 2;
	}
	/* All 128 septets but the escape; ten in the extension table. */
	assert_int_equal(single, 127);
	assert_int_equal(twice, 10);
	for (const char *p = "^{}[]~\\|\f"; *p != '\0'; p++)
		assert_int_equal(gsm7_width((uint32_t)*p), 2);
	assert_int_equal(gsm7_width(0x20ac), 2);
	assert_int_equal(gsm7_width('@'), 1);
	assert_int_equal(gsm7_width('`'), 0);
	assert_int_equal(gsm7_width('\t'), 0);
	assert_int_equal(gsm7_width(0), 0);
	assert_int_equal(gsm7_width(0x1b), 0);
	assert_int_equal(gsm7_width(0xe7), 0);	/* only the capital one */
	assert_int_equal(gsm7_width(0xc7), 1);
}

static void
test_has_all(void **state)
{
	(void)state;
	assert_true(gsm7_has_all(""));
	assert_true(gsm7_has_all("UBND xa Bom Bo @ 22/11\n"));
	assert_true(gsm7_has_all("à è é ì ò ù É £ € Ω"));
	assert_false(gsm7_has_all("UBND xã Bom Bo"));
	assert_false(gsm7_has_all("“a”"));
	assert_false(gsm7_has_all("\U0001f600"));
}

static void
test_encode(void **state)
{
	static const uint8_t euro[] = {'a', 0x1b, 0x65, 0x00, 0x1b, 0x28};
	uint8_t out[8];

	(void)state;
	assert_int_equal(gsm7_encode("a€@{", out, sizeof(out)), 6);
	assert_memory_equal(out, euro, 6);
	assert_int_equal(gsm7_encode("", out, sizeof(out)), 0);
	assert_int_equal(gsm7_encode("12345678", out, 8), 8);
	assert_int_equal(gsm7_encode("123456789", out, 8), -1);
	assert_int_equal(gsm7_encode("1234567€", out, 8), -1);
	assert_int_equal(gsm7_encode("ã", out, 8), -1);
}

static void
decodes(const char *septets, size_t n, const char *text)
{
	char *got = gsm7_decode((const uint8_t *)septets, n);

	assert_string_equal(got, text);
	free(got);
}

static void
test_decode(void **state)
{
	(void)state;
	decodes("", 0, "");
	decodes("\0a\x1b\x65", 4, "@a€");
	decodes("a\x1b", 2, "a");
	decodes("\x1b" "a", 2, "a");
	decodes("\x1b\x1b" "a", 3, " a");
	decodes("\xc1\x9b\xe5", 3, "A€");	/* eighth bits are not ours */
	decodes("\x1b\x0a\x0a", 3, "\f\n");
}

static void
test_pack_known(void **state)
{
	/* "hellohello", the classic example. */
	static const uint8_t octets[] = {0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97,
	    0xd9, 0xec, 0x37};
	uint8_t septets[16], out[16];
	int n = gsm7_encode("hellohello", septets, sizeof(septets));

	(void)state;
	assert_int_equal(gsm7_pack(septets, (size_t)n, 0, out, sizeof(out)),
	    9);
	assert_memory_equal(out, octets, 9);
	/* One bit of padding, as after a 6 octet header. */
	assert_int_equal(gsm7_pack((const uint8_t *)"A", 1, 1, out, 16), 1);
	assert_int_equal(out[0], 0x82);
	assert_int_equal(gsm7_pack((const uint8_t *)"A", 1, 2, out, 16), 2);
	assert_int_equal(out[0], 0x04);
	assert_int_equal(out[1], 0x01);
	assert_int_equal(gsm7_pack(septets, 0, 6, out, 0), 0);
	assert_int_equal(gsm7_pack(septets, 8, 0, out, 6), -1);
	assert_int_equal(gsm7_pack(septets, 8, 1, out, 7), -1);
}

static void
test_pack_every_fill(void **state)
{
	uint8_t septets[161], again[161], *octets;

	(void)state;
	for (size_t i = 0; i < N(septets); i++)
		septets[i] = (uint8_t)(i * 37 + 5) & 0x7f;
	for (unsigned fill = 0; fill < 7; fill++)
		for (size_t n = 0; n <= N(septets); n++) {
			size_t size = n == 0 ? 0 : (n * 7 + fill + 7) / 8;
			int read;

			/* Of the exact size, for the sanitizer to watch. */
			octets = malloc(size != 0 ? size : 1);
			assert_int_equal(gsm7_pack(septets, n, fill, octets,
			    size), size);
			if (size > 0)
				assert_int_equal(octets[0] &
				    ((1 << fill) - 1), 0);
			read = gsm7_unpack(octets, size, fill, n, again);
			assert_int_equal(read, n);
			assert_memory_equal(septets, again, n);
			free(octets);
		}
}

static void
test_unpack_short(void **state)
{
	static const uint8_t octets[] = {0xe8, 0x32, 0x9b, 0xfd};
	uint8_t out[16];

	(void)state;
	/* 32 bits hold four whole septets. */
	assert_int_equal(gsm7_unpack(octets, 4, 0, 10, out), 4);
	assert_memory_equal(out, "hell", 4);
	assert_int_equal(gsm7_unpack(octets, 4, 6, 10, out), 3);
	assert_int_equal(gsm7_unpack(octets, 0, 0, 10, out), 0);
	assert_int_equal(gsm7_unpack(octets, 4, 0, 2, out), 2);
}

static void
test_ucs2(void **state)
{
	static const uint8_t octets[] = {0x1e, 0xbf, 0x00, 'a', 0xd8, 0x3d,
	    0xde, 0x00};
	uint8_t *out;
	char *text;
	size_t n;

	(void)state;
	out = ucs2_encode("ếa\U0001f600", &n);
	assert_int_equal(n, sizeof(octets));
	assert_memory_equal(out, octets, n);
	free(out);
	text = ucs2_decode(octets, sizeof(octets));
	assert_string_equal(text, "ếa\U0001f600");
	free(text);
	out = ucs2_encode("", &n);
	assert_int_equal(n, 0);
	free(out);
}

static void
ucs2_decodes(const char *octets, size_t n, const char *expected)
{
	char *text = ucs2_decode((const uint8_t *)octets, n);

	assert_string_equal(text, expected);
	free(text);
}

static void
test_ucs2_broken(void **state)
{
	(void)state;
	ucs2_decodes("", 0, "");
	ucs2_decodes("\0", 1, "");
	ucs2_decodes("\0a\0", 3, "a");
	ucs2_decodes("\xd8\x3d", 2, "\ufffd");
	ucs2_decodes("\xde\x00\0a", 4, "\ufffd" "a");
	ucs2_decodes("\xd8\x3d\0a", 4, "\ufffd" "a");
	ucs2_decodes("\xd8\x3d\xd8\x3d\xde\0", 6, "\ufffd\U0001f600");
	ucs2_decodes("\0\0\0a", 4, "\ufffd" "a");
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(coding_name(CODING_GSM7), "gsm7");
	assert_string_equal(coding_name(CODING_UCS2), "ucs2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_has_all),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_pack_known),
		cmocka_unit_test(test_pack_every_fill),
		cmocka_unit_test(test_unpack_short),
		cmocka_unit_test(test_ucs2),
		cmocka_unit_test(test_ucs2_broken),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
