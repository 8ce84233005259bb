/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Vietnamese syllables, the 8-bit fonts, and text that was read in a wrong
 * encoding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/legacy.h"
#include "text/vietnamese.h"

static void
test_syllables(void **state)
{
	static const char *const good[] = {"Một", "cửa", "xã", "HỒ", "sơ",
	    "nghiêng", "giếng", "gì", "quyết", "khuya", "Đốp", "ương", "uống",
	    "khoẻ", "khỏe", "thuỷ", "quý", "ngoằn", "ngoèo", "khuỷu", "Bom",
	    "soóc", "yếu", "giấy", "o\u031b\u0301t", "ỦY"};
	static const char *const bad[] = {"", "Hå", "s¬", "cöûa", "Moät",
	    "Krông", "café", "Việtt", "bcd", "ấổ", "æ", "ỏ̀",
	    "nghiêngnghiêngnghiêngnghiêngng"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!vietnamese_is_syllable(good[i], strlen(good[i])))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (vietnamese_is_syllable(bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
}

static void
decodes(enum legacy legacy, const char *octets, const char *want)
{
	char *got = legacy_decode(legacy, octets, strlen(octets));

	if (want == NULL)
		assert_null(got);
	else
		assert_string_equal(got, want);
	free(got);
}

static void
test_decode(void **state)
{
	(void)state;
	decodes(LEGACY_TCVN3, "x\xa0", NULL);
	decodes(LEGACY_TCVN3, "M\xe9t c\xf6""a x\xb7 \xa7\xe8p, h\xe5 s\xac",
	    "Một cửa xã Đốp, hồ sơ");
	decodes(LEGACY_TCVN3, "a\xb3", "á");	/* a mark of its own */
	decodes(LEGACY_VNI, "Co\xe4ng ho\xf8""a xa\xf5 ho\xe4i chu\xfb "
	    "ngh\xf3""a Vie\xe4t Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam");
	decodes(LEGACY_VNI, "\xd1o\xe4""c la\xe4p - T\xf6\xef do - Ha\xefnh "
	    "phu\xf9""c", "Độc lập - Tự do - Hạnh phúc");
	decodes(LEGACY_VNI, "\xd6\xd9NG H\xd4\xcf""A CA\xc0U \xcd\xd2\xd3\xc6"
	    "\xee",
	    "ỨNG HỢA CẦU ÍỊĨỈỵ");
	decodes(LEGACY_VNI, "x\xe4", NULL);	/* no mark behind an x */
	decodes(LEGACY_VNI, "\xe4", NULL);
	decodes(LEGACY_TCVN3, "", "");
}

static void
test_words(void **state)
{
	size_t good, n = legacy_count_words("Một cửa Krông Nô – “số 5” é",
	    &good);

	(void)state;
	assert_int_equal(n, 5);
	assert_int_equal(good, 4);	/* not Krông */
}

static void
test_mojibake(void **state)
{
	static const char *const broken[] = {
	    "Má»™t cá»­a xÃ£ Bom Bo",		/* UTF-8 as Windows-1252 */
	    "Hå s¬", "Mét cöa x·", "Uû ban nh©n d©n x· Bom Bo",	/* TCVN3 */
	    "Moät cöûa xaõ Bom Bo", "Uûy ban nhaân daân",	/* VNI */
	    "Một c\uFFFDa", "x\302\200y",
	};
	static const char *const right[] = {"", "Mot cua xa Bom Bo",
	    "Một cửa xã Bom Bo", "Bến Tre", "Hà Nam", "café", "Ngõ 5",
	    "Ea H'leo", "Krông Nô", "Đắk Lắk", "Nhà văn hóa", "số 5 – “A”",
	    "résumé", "São Paulo", "Ê Đê", "Bình", "Cần Thơ", "500 €",
	    "Quê", "Ê", "ĕ ŏ", "ខ្មែរ", "Cà Ná", "Là Ngâu", "ô 5", "phòng 2",
	    "Nhà ông Hai", "UBND xã", "Sóc Trăng", "Côn Đảo", "Huế",
	    "Mê Linh", "Pleiku", "30°", "½", "Müller"};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (!legacy_is_mojibake(broken[i]))
			fail_msg("%s", broken[i]);
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		if (legacy_is_mojibake(right[i]))
			fail_msg("%s", right[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syllables),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_mojibake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
