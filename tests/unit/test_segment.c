/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a text is cut, and that nothing is lost on its way through the air.
 * The property test prints its seed; BAOTIN_SEED repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uninorm.h>
#include <unistr.h>
#include <cmocka.h>

#include "text/segment.h"

#define N(a)	   (sizeof(a) / sizeof(*(a)))
#define TEXT_SIZE  8192
#define MARK	   "\u0303"	/* a tilde that p has no letter with */
#define P_MARK	   "p\u0303"
#define SMILE	   "\U0001f600"

/* count times one, then the rest. */
static const char *
repeat(char buf[TEXT_SIZE], const char *one, unsigned count, const char *rest)
{
	buf[0] = '\0';
	assert_true(strlen(one) * count + strlen(rest) < TEXT_SIZE);
	for (unsigned i = 0; i < count; i++)
		memcpy(buf + i * strlen(one), one, strlen(one) + 1);
	return strcat(buf, rest);
}

/* Parts joined are the text; then counts and the coding. */
static void
cuts(const char *text, enum coding coding, unsigned units, unsigned n)
{
	char joined[TEXT_SIZE] = "";
	struct segments segments;

	assert_int_equal(segments_init(&segments, text), 0);
	assert_int_equal(segments.coding, coding);
	assert_int_equal(segments.units, units);
	assert_int_equal(segments.n, n);
	for (unsigned i = 0; i < segments.n; i++)
		strcat(joined, segments.part[i]);
	assert_string_equal(joined, text);
	segments_clear(&segments);
	assert_int_equal(segments.n, 0);
}

static void
test_gsm7_limits(void **state)
{
	char buf[TEXT_SIZE];

	(void)state;
	cuts("", CODING_GSM7, 0, 1);
	cuts("a", CODING_GSM7, 1, 1);
	cuts(repeat(buf, "a", 160, ""), CODING_GSM7, 160, 1);
	cuts(repeat(buf, "a", 161, ""), CODING_GSM7, 161, 2);
	cuts(repeat(buf, "a", 306, ""), CODING_GSM7, 306, 2);
	cuts(repeat(buf, "a", 307, ""), CODING_GSM7, 307, 3);
	cuts(repeat(buf, "€", 80, ""), CODING_GSM7, 160, 1);
	cuts(repeat(buf, "a", 159, "{"), CODING_GSM7, 161, 2);
	for (const char *p = "^{}[]~\\|"; *p != '\0'; p++) {
		const char one[2] = {*p, '\0'};

		cuts(one, CODING_GSM7, 2, 1);
	}
	cuts(repeat(buf, "a", 1530, ""), CODING_GSM7, 1530, 10);
}

static void
test_ucs2_limits(void **state)
{
	char buf[TEXT_SIZE];

	(void)state;
	cuts(repeat(buf, "ế", 70, ""), CODING_UCS2, 70, 1);
	cuts(repeat(buf, "ế", 71, ""), CODING_UCS2, 71, 2);
	cuts(repeat(buf, "ế", 134, ""), CODING_UCS2, 134, 2);
	cuts(repeat(buf, "ế", 135, ""), CODING_UCS2, 135, 3);
	cuts(repeat(buf, "{", 69, "ế"), CODING_UCS2, 70, 1);
	cuts(repeat(buf, SMILE, 35, ""), CODING_UCS2, 70, 1);
	cuts(repeat(buf, "ế", 400, ""), CODING_UCS2, 400, 6);
	cuts(repeat(buf, "ế", 670, ""), CODING_UCS2, 670, 10);
}

static void
test_too_long(void **state)
{
	struct segments segments;
	char buf[TEXT_SIZE];

	(void)state;
	assert_int_equal(
	    segments_init(&segments, repeat(buf, "a", 1531, "")), -1);
	assert_int_equal(segments.n, 0);
	assert_null(segments.part[0]);
	assert_int_equal(
	    segments_init(&segments, repeat(buf, "ế", 671, "")), -1);
	segments_clear(&segments);
}

/* The first part ends after `first` characters of the filler. */
static void
first_part(const char *text, size_t octets)
{
	struct segments segments;

	assert_int_equal(segments_init(&segments, text), 0);
	assert_int_equal(strlen(segments.part[0]), octets);
	segments_clear(&segments);
}

static void
test_never_inside(void **state)
{
	char buf[TEXT_SIZE];

	(void)state;
	/* An escape pair: 152 and the brace stays whole. */
	first_part(repeat(buf, "a", 152, "{aaaaaaaaaa"), 152);
	first_part(repeat(buf, "a", 151, "{aaaaaaaaaa"), 152);
	/* A surrogate pair. */
	first_part(repeat(buf, "ế", 66, SMILE "ếếếếế"), 66 * 3);
	first_part(repeat(buf, "ế", 65, SMILE "ếếếếế"), 65 * 3 + 4);
	/* A combining mark goes with its letter. */
	first_part(repeat(buf, "ế", 66, "p" MARK "ếếếếế"), 66 * 3);
	first_part(repeat(buf, "ế", 65, "p" MARK "ếếếếế"), 65 * 3 + 3);
	first_part(repeat(buf, "ế", 65, "ê\u0306\u0301ếếếếế"), 65 * 3);
	/* Also with a mark after a line break, which is no letter. */
	first_part(repeat(buf, "ế", 66, "\n" MARK "ếếếếế"), 66 * 3);
	/* A family of four people is one picture. */
	first_part(repeat(buf, "ế", 60, "\U0001f468\u200d\U0001f469\u200d"
	    "\U0001f467\u200d\U0001f466ếếếếế"), 60 * 3);
}

static void
test_endless_marks(void **state)
{
	char buf[TEXT_SIZE];

	(void)state;
	/* More marks than a segment holds: cut, but nothing lost. */
	cuts(repeat(buf, MARK, 100, ""), CODING_UCS2, 100, 2);
	cuts(repeat(buf, MARK, 670, ""), CODING_UCS2, 670, 10);
}

static unsigned
pick(unsigned n)
{
	return (unsigned)random() % n;
}

static void
random_text(char *out, unsigned alphabet)
{
	static const char *const gsm[] = {"a", "Z", "0", " ", "\n", "@", "é",
	    "Ω", "{", "€", "~", "\\"};
	static const char *const all[] = {"a", "ế", "Đ", P_MARK, MARK,
	    SMILE, "{", "ស្", "ê\u0306", "\u200d", " ", "\U0001f468"};
	unsigned n = pick(250);
	size_t size;
	uint8_t *nfc;

	*out = '\0';
	for (unsigned i = 0; i < n; i++)
		strcat(out, alphabet == 0 ? gsm[pick(N(gsm))]
					  : all[pick(N(all))]);
	nfc = u8_normalize(UNINORM_NFC, (uint8_t *)out, strlen(out) + 1, NULL,
	    &size);
	assert_non_null(nfc);
	strcpy(out, (char *)nfc);
	free(nfc);
}

/* One part over the air and back; returns its units. */
static unsigned
travel(enum coding coding, const char *part)
{
	uint8_t septets[160], again[160], octets[160], *wide;
	unsigned fill = pick(7);
	char *text;
	size_t size;
	int n, packed;

	if (coding == CODING_UCS2) {
		wide = ucs2_encode(part, &size);
		text = ucs2_decode(wide, size);
		free(wide);
		n = (int)size / 2;
	} else {
		n = gsm7_encode(part, septets, sizeof(septets));
		assert_true(n >= 0);
		packed = gsm7_pack(septets, (size_t)n, fill, octets,
		    sizeof(octets));
		assert_true(packed >= 0);
		assert_int_equal(gsm7_unpack(octets, (size_t)packed, fill,
		    (size_t)n, again), n);
		text = gsm7_decode(again, (size_t)n);
	}
	assert_string_equal(text, part);
	free(text);
	return (unsigned)n;
}

static void
test_property(void **state)
{
	const char *given = getenv("BAOTIN_SEED");
	unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10)
				      : (unsigned)time(NULL);
	static char text[TEXT_SIZE], joined[TEXT_SIZE];

	(void)state;
	printf("# BAOTIN_SEED=%u\n", seed);
	srandom(seed);
	for (int round = 0; round < 2000; round++) {
		struct segments s, same;
		unsigned sum = 0, units, limit;

		random_text(text, (unsigned)round % 2);
		assert_int_equal(segments_init(&s, text), 0);
		assert_int_equal(segments_init(&same, text), 0);
		limit = s.coding == CODING_GSM7 ? s.n > 1 ? 153 : 160
						: s.n > 1 ? 67 : 70;
		*joined = '\0';
		for (unsigned i = 0; i < s.n; i++) {
			units = travel(s.coding, s.part[i]);
			assert_true(units <= limit);
			assert_true(units > 0 || s.n == 1);
			assert_string_equal(s.part[i], same.part[i]);
			sum += units;
			strcat(joined, s.part[i]);
		}
		assert_string_equal(joined, text);
		assert_int_equal(sum, s.units);
		segments_clear(&s);
		segments_clear(&same);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gsm7_limits),
		cmocka_unit_test(test_ucs2_limits),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_never_inside),
		cmocka_unit_test(test_endless_marks),
		cmocka_unit_test(test_property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
