/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Vietnamese without its accents, and clean text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>
#include <cmocka.h>

#include "text/fold.h"
#include "text/gsm7.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* The 67 accented letters of each case, by the letter they fold to. */
static const struct {
	const char *letters;
	char plain;
} alphabet[] = {
	{"àáảãạăằắẳẵặâầấẩẫậ", 'a'}, {"èéẻẽẹêềếểễệ", 'e'}, {"ìíỉĩị", 'i'},
	{"òóỏõọôồốổỗộơờớởỡợ", 'o'}, {"ùúủũụưừứửữự", 'u'}, {"ỳýỷỹỵ", 'y'},
	{"đ", 'd'}, {"ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬ", 'A'}, {"ÈÉẺẼẸÊỀẾỂỄỆ", 'E'},
	{"ÌÍỈĨỊ", 'I'}, {"ÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢ", 'O'}, {"ÙÚỦŨỤƯỪỨỬỮỰ", 'U'},
	{"ỲÝỶỸỴ", 'Y'}, {"Đ", 'D'},
};

static void
folds(const char *text, const char *plain)
{
	char *got = text_fold(text);

	if (strcmp(got, plain) != 0)
		fail_msg("\"%s\": \"%s\", expected \"%s\"", text, got, plain);
	free(got);
}

static void
folds_decomposed(const char *text, const char *plain)
{
	size_t n = 0;
	uint8_t *nfd = u8_normalize(UNINORM_NFD, (const uint8_t *)text,
	    strlen(text) + 1, NULL, &n);

	assert_non_null(nfd);
	folds((const char *)nfd, plain);
	free(nfd);
}

static void
test_134_letters(void **state)
{
	unsigned seen = 0, in_gsm7 = 0;

	(void)state;
	for (size_t i = 0; i < N(alphabet); i++) {
		const uint8_t *s = (const uint8_t *)alphabet[i].letters;
		const char plain[2] = {alphabet[i].plain, '\0'};
		const uint8_t *next;
		char letter[8];
		ucs4_t uc;

		for (; (next = u8_next(&uc, s)) != NULL; s = next, seen++) {
			memcpy(letter, s, (size_t)(next - s));
			letter[next - s] = '\0';
			folds(letter, plain);
			folds_decomposed(letter, plain);
			if (gsm7_has_all(letter)) {
				in_gsm7++;
				assert_non_null(strstr("àèéìòùÉ", letter));
			}
		}
	}
	assert_int_equal(seen, 134);
	assert_int_equal(in_gsm7, 7);
}

static void
test_sentences(void **state)
{
	static const char text[] = "UBND xã Bom Bo: hồ sơ đã có kết quả. "
	    "Mời đến Một cửa nhận, hẹn trả ngày 22/11.";
	static const char plain[] = "UBND xa Bom Bo: ho so da co ket qua. "
	    "Moi den Mot cua nhan, hen tra ngay 22/11.";

	(void)state;
	folds("", "");
	folds(plain, plain);
	folds(text, plain);
	folds_decomposed(text, plain);
}

static void
test_typography(void **state)
{
	(void)state;
	folds("“a” ‘b’ „c‟ ‚d‛", "\"a\" 'b' \"c\" 'd'");
	folds("8–9 — x‑y −1", "8-9 - x-y -1");
	folds("chờ…", "cho...");
	folds("1.000\u00a0₫", "1.000 d");
	folds("a\u2009b\u202fc", "a b c");
	folds("\ufeffa\u200bb\u200cc\u200dd\u2060e\u00ad", "abcde");
	folds("\u202aabc\u202c", "abc");
	folds("ðÐ ƀɃ", "dD bB");
	folds("a\u0340e\u0341", "ae");
	folds("dòng 1\ndòng 2", "dong 1\ndong 2");
}

static void
test_other_letters_stay(void **state)
{
	(void)state;
	/* Other scripts, whose marks make another letter. */
	folds("й ё ή ប៉ុស្តិ៍ の が", "й ё ή ប៉ុស្តិ៍ の が");
	/* Marks that no Vietnamese letter has. */
	folds("ö å ç č", "ö å ç č");
	/* Ê Đê and Gia Rai: the combining breve goes too. */
	folds("Ê\u0306 ê\u0306 ơ\u0306", "E e o");
	folds("\u0301", "");
	folds("é й\u0301 é", "e й\u0301 e");
	folds("\U0001f600", "\U0001f600");
}

static void
test_clean(void **state)
{
	static const char *const bad[] = {"\xff", "a\xc3", "a\xc0\x80",
	    "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\tb", "a\rb", "a\x01",
	    "\x1b[0m", "a\x1f"};
	char *got;

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		assert_null(text_clean(bad[i]));
	got = text_clean("e\u0302\u0301 va\u0300\no\u031b");
	assert_string_equal(got, "ế và\nơ");
	free(got);
	got = text_clean("");
	assert_string_equal(got, "");
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_134_letters),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_typography),
		cmocka_unit_test(test_other_letters_stay),
		cmocka_unit_test(test_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
