/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of citizens' texts: what is understood, and what is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lookup/note.h"
#include "lookup/words.h"

static const char *const names[] = {
	[WORD_NONE] = "none",
#define X(id, word) [WORD_##id] = #id,
	WORDS(X)
#undef X
};

struct row {
	const char *text;
	enum word word;
	const char *typed, *id4;
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		struct words words;

		words_parse(row->text, &words);
		if (words.word != row->word)
			print_error("\"%s\": %s, not %s\n", row->text,
			    names[words.word], names[row->word]);
		assert_int_equal(words.word, row->word);
		assert_string_equal(words.typed,
		    row->typed != NULL ? row->typed : "");
		assert_string_equal(words.factor,
		    row->id4 != NULL ? row->id4 : "");
	}
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof(rows[0]))

static void
test_each_word(void **state)
{
	static const struct row rows[] = {
		{"TC", WORD_LIST, NULL, NULL},
		{"TG", WORD_HELP, NULL, NULL},
		{"DUNG", WORD_STOP, NULL, NULL},
		{"LAI", WORD_START, NULL, NULL},
		{"CODAU", WORD_ACCENTS, NULL, NULL},
		{"KHONGDAU", WORD_PLAIN, NULL, NULL},
		{"SAISO", WORD_WRONG_NUMBER, NULL, NULL},
		{"TC H10.45-230515-0001", WORD_FIND, "H10.45-230515-0001",
		    NULL},
		{"TC 0001", WORD_FIND, "0001", NULL},
		{"TC H10.45-230515-0001 1234", WORD_FIND,
		    "H10.45-230515-0001", "1234"},
		{"tc h10.45-230515-0001 ab0o7", WORD_FIND,
		    "H10.45-230515-0001", "AB007"},
		{"TC 230515 0001 123456789012", WORD_FIND, "230515 0001",
		    "123456789012"},
		{"TC H10.45-230515-0001 HOABINH", WORD_FIND,
		    "H10.45-230515-0001", "H0ABINH"},
		{"TC H10.45-230515-0001 cam on", WORD_FIND,
		    "H10.45-230515-0001", NULL},
		{"TC H10.45-230515-0001 xin nhanh", WORD_FIND,
		    "H10.45-230515-0001", NULL},
		{"TC 0001 AB007", WORD_FIND, "0001 AB007", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void
test_forgives_writing(void **state)
{
	static const struct row rows[] = {
		{"tc", WORD_LIST, NULL, NULL},
		{"  Tc  ", WORD_LIST, NULL, NULL},
		{"\"TC\".", WORD_LIST, NULL, NULL},
		{"“TC”", WORD_LIST, NULL, NULL},
		{"<TC>", WORD_LIST, NULL, NULL},
		{"TC!!!", WORD_LIST, NULL, NULL},
		{"\nTC\r\n", WORD_LIST, NULL, NULL},
		{"tra cứu", WORD_LIST, NULL, NULL},
		{"TC xin cảm ơn", WORD_LIST, NULL, NULL},
		{"TC gui 02713000000", WORD_LIST, NULL, NULL},
		{"Soạn TC gửi 0912345678", WORD_LIST, NULL, NULL},
		{"trợ giúp", WORD_HELP, NULL, NULL},
		{"Dừng", WORD_STOP, NULL, NULL},
		{"DỪNG!", WORD_STOP, NULL, NULL},
		{"Dừng lại", WORD_STOP, NULL, NULL},
		{"lại", WORD_START, NULL, NULL},
		{"Có dấu", WORD_ACCENTS, NULL, NULL},
		{"không  dấu", WORD_PLAIN, NULL, NULL},
		{"Sai số", WORD_WRONG_NUMBER, NULL, NULL},
		{"tc h10.45-230515-0001", WORD_FIND, "H10.45-230515-0001",
		    NULL},
		{"TC: H10.45-230515-0001.", WORD_FIND, "H10.45-230515-0001",
		    NULL},
		{"TC \"H10.45-230515-0001\" 1234", WORD_FIND,
		    "H10.45-230515-0001", "1234"},
		{"TC hồ sơ 0001", WORD_FIND, "0001", NULL},
		{"TC 12", WORD_FIND, "12", NULL},
		{"TC 0001 cam on", WORD_FIND, "0001", NULL},
		{"TC2305150001", WORD_FIND, "2305150001", NULL},
		{"TC.0001", WORD_FIND, "0001", NULL},
		{"TCH10.45-230515-0001", WORD_FIND, "H10.45-230515-0001",
		    NULL},
		{"h10.45-230515-0001", WORD_FIND, "H10.45-230515-0001",
		    NULL},
	};

	(void)state;
	CHECK(rows);
}

static void
test_cuts_code_and_id(void **state)
{
	static const struct row rows[] = {
		{"TC H10 45 230515 0001", WORD_FIND, "H10 45 230515 0001",
		    NULL},
		{"TC H10 45 230515 0001 1234", WORD_FIND,
		    "H10 45 230515 0001", "1234"},
		{"TC H10.45-230515 0001", WORD_FIND, "H10.45-230515 0001",
		    NULL},
		{"TC 230515 0001", WORD_FIND, "230515 0001", NULL},
		{"TC 230515 0001 1234", WORD_FIND, "230515 0001", "1234"},
		{"TC 2305150001 1234", WORD_FIND, "2305150001", "1234"},
		{"TC 2305150001 I234", WORD_FIND, "2305150001", "I234"},
		{"TC H1O.45-23O515-OOO1 12O4", WORD_FIND,
		    "H1O.45-23O515-OOO1", "1204"},
		{"TC 000.00.14.H56-200203-0118 5678", WORD_FIND,
		    "000.00.14.H56-200203-0118", "5678"},
		{"TC 000.00.14.H56-200203-0118", WORD_FIND,
		    "000.00.14.H56-200203-0118", NULL},
		{"TC BTP-77/2026-9 1234", WORD_FIND, "BTP-77/2026-9 1234",
		    NULL},
		{"TC BTP-77-2026 1234", WORD_FIND, "BTP-77-2026", "1234"},
		{"TC 0001 1234", WORD_FIND, "0001 1234", NULL},
		{"TC H10.45-230515-0001 12345", WORD_FIND,
		    "H10.45-230515-0001", "12345"},
		{"TC H10.45-230515-0001 123", WORD_FIND,
		    "H10.45-230515-0001 123", NULL},
	};

	(void)state;
	CHECK(rows);
}

static void
test_one_slip(void **state)
{
	static const struct row rows[] = {
		{"TTC", WORD_LIST, NULL, NULL},
		{"TCC 0001", WORD_FIND, "0001", NULL},
		{"CT", WORD_LIST, NULL, NULL},
		{"GT", WORD_HELP, NULL, NULL},
		{"TV 0001", WORD_FIND, "0001", NULL},
		{"DUMG", WORD_STOP, NULL, NULL},
		{"DNUG", WORD_STOP, NULL, NULL},
		{"DUG", WORD_STOP, NULL, NULL},
		{"DUNGG", WORD_STOP, NULL, NULL},
		{"DUNH", WORD_STOP, NULL, NULL},
		{"LAO", WORD_START, NULL, NULL},
		{"LIA", WORD_START, NULL, NULL},
		{"LAII", WORD_START, NULL, NULL},
		{"CODUA", WORD_ACCENTS, NULL, NULL},
		{"COADU", WORD_ACCENTS, NULL, NULL},
		{"CODSU", WORD_ACCENTS, NULL, NULL},
		{"CDAU", WORD_ACCENTS, NULL, NULL},
		{"KHONDAU", WORD_PLAIN, NULL, NULL},
		{"KHONGDAI", WORD_PLAIN, NULL, NULL},
		{"KHONG DAI", WORD_PLAIN, NULL, NULL},
		{"HKONGDAU", WORD_PLAIN, NULL, NULL},
		{"SAIS0", WORD_NONE, NULL, NULL},
		{"SAOSO", WORD_WRONG_NUMBER, NULL, NULL},
		{"SAISOO", WORD_WRONG_NUMBER, NULL, NULL},
		{"ASISO", WORD_WRONG_NUMBER, NULL, NULL},
		{"SASO", WORD_WRONG_NUMBER, NULL, NULL},
	};

	(void)state;
	CHECK(rows);
}

/* What is no word of ours, or might not be. */
static void
test_leaves_alone(void **state)
{
	static const char *const texts[] = {
		"", " ", "...", "Đúng", "đúng rồi", "Dung roi cam on", "T",
		"C", "TX", "T C", "TB 5", "HAI", "SAI", "Hùng", "hung",
		"cung", "Đang", "sai sót", "LA", "cam on", "OK", "5000",
		"0912345678", "0001", "LAI DAY", "SAISO roi", "codau nhe",
		"Ho so H10.45-230515-0001: da co ket qua, moi den nhan.",
		"TK goc: 45.200d, HSD 31/12/2027. TK KM: 0d.",
		"[QC] Tang 50% the nap, soan TC gui 9123 de nhan uu dai",
		"Toi dang ban, se goi lai sau",
		"TC: hồ sơ của số này. TC mã 4số: hồ sơ khác. DUNG: ngừng "
		"tin.",
		"TC: your files. TC code 4digits: another file. DUNG: no "
		"texts.",
		"\xff\xfe", "TC\xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct row row = {texts[i], WORD_NONE, NULL, NULL};

		check(&row, 1);
	}
}

/* No text with one slip in one word is another word. */
static void
test_slips_never_cross(void **state)
{
	static const char *const all[] = {"TC", "TG", "DUNG", "LAI", "CODAU",
		"KHONGDAU", "SAISO"};
	static const enum word means[] = {WORD_LIST, WORD_HELP, WORD_STOP,
		WORD_START, WORD_ACCENTS, WORD_PLAIN, WORD_WRONG_NUMBER};
	char text[16];

	(void)state;
	for (size_t w = 0; w < sizeof(all) / sizeof(all[0]); w++)
		for (size_t i = 0; i < strlen(all[w]); i++)
			for (char c = 'A'; c <= 'Z'; c++) {
				struct words words;

				(void)strcpy(text, all[w]);
				text[i] = c;
				words_parse(text, &words);
				if (words.word != WORD_NONE &&
				    strcmp(text, "TC") != 0 &&
				    strcmp(text, "TG") != 0)
					assert_int_equal(words.word,
					    means[w]);
			}
}

/* 13.8: what the desk reads of a text without a word. */
static void
test_notes_are_one_harmless_line(void **state)
{
	static const struct {
		const char *text, *note;
	} rows[] = {
		{"cam on", "cam on"},
		{" Cảm\n\r\tơn  \x01 ạ ", "Cảm ơn ạ"},
		{"\x1b[2Ja\x7f", "[2Ja"},
		{"a\xe2\x80\xae" "b\xe2\x80\x8b\xef\xbb\xbf", "ab"},
		{"a\xc2\xa0\xe3\x80\x80" "b\xc2\x85", "a b"},
		{"\xff" "a\xe1\xba", "?a??"},
		{"\xf0\x9f\x99\x8f", "\xf0\x9f\x99\x8f"},
		{"", NULL}, {" \n\t", NULL}, {"\xe2\x80\xae", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *note = note_make(rows[i].text);

		if (rows[i].note == NULL)
			assert_null(note);
		else
			assert_string_equal(note, rows[i].note);
		free(note);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_word),
		cmocka_unit_test(test_forgives_writing),
		cmocka_unit_test(test_cuts_code_and_id),
		cmocka_unit_test(test_one_slip),
		cmocka_unit_test(test_leaves_alone),
		cmocka_unit_test(test_slips_never_cross),
		cmocka_unit_test(test_notes_are_one_harmless_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
