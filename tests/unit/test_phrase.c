/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The phrases of lookups: the shipped files load, faults are told with file
 * and line, the limits are exact, values fill in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/phrase.h"

struct faults {
	unsigned n;
	int line;
	char text[512];
};

static void
on_fault(const char *file, int line, const char *text, void *arg)
{
	struct faults *faults = arg;

	if (faults == NULL)
		fail_msg("%s:%d: %s", file, line, text);
	faults->n++;
	faults->line = line;
	(void)snprintf(faults->text, sizeof(faults->text), "%s", text);
}

static void
shipped(void **state)
{
	const char *top = getenv("top_srcdir");
	struct phrases *set = phrases_new();
	char path[4096];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/templates/lookup",
	    top != NULL ? top : "..");
	assert_int_equal(phrases_load(set, path, on_fault, NULL), 0);
	for (int i = 0; i < PHRASE_END; i++) {
		char *vi = phrase_render(set, "vi", true, (enum phrase)i,
		    NULL);
		char *own = phrase_render(set, NULL, true, (enum phrase)i,
		    NULL);
		char *en = phrase_render(set, "en", true, (enum phrase)i,
		    NULL);

		assert_string_equal(vi, own);
		if (i == PHRASE_SCREEN_MENU)
			assert_string_not_equal(vi, en);
		free(vi);
		free(own);
		free(en);
	}
	phrases_free(set);
}

static void
says(const struct phrases *set, const char *lang, bool accents,
    enum phrase phrase, const struct phrase_values *values,
    const char *want)
{
	char *text = phrase_render(set, lang, accents, phrase, values);

	assert_string_equal(text, want);
	free(text);
}

static void
fills(void **state)
{
	struct phrases *set = phrases_new();
	struct phrase_values v = {.code = "H10.45-230515-0001",
	    .status = "đã có kết quả, mời đến nhận."};

	(void)state;
	says(set, "vi", true, PHRASE_SMS_ANSWER, &v,
	    "Hồ sơ H10.45-230515-0001: đã có kết quả, mời đến nhận.");
	says(set, "vi", false, PHRASE_SMS_ANSWER, &v,
	    "Ho so H10.45-230515-0001: da co ket qua, moi den nhan.");
	v.short_code = "..0001";
	says(set, "xx", false, PHRASE_DETAIL_OWN, &v,
	    "HS ..0001: da co ket qua, moi den nhan.");
	v.place = "Một cửa";
	says(set, "vi", false, PHRASE_DETAIL_OWN, &v,
	    "HS ..0001: da co ket qua, moi den nhan.\nNoi nhan: Mot cua");
	says(set, "vi", true, PHRASE_STATUS_RECEIVED, &v, "đã nhận.");
	v.due = "22/11/2026";
	says(set, "vi", true, PHRASE_STATUS_RECEIVED, &v,
	    "đã nhận, hẹn trả 22/11/2026.");
	phrases_free(set);
}

static void
refuses(const char *data, int line, const char *part)
{
	struct phrases *set = phrases_new();
	struct faults faults = {0};

	assert_int_equal(phrases_parse(set, "vi", "x", data, strlen(data),
	    on_fault, &faults), 1);
	assert_int_equal(faults.n, 1);
	assert_int_equal(faults.line, line);
	if (strstr(faults.text, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", faults.text, part);
	phrases_free(set);
}

static void
tells_faults(void **state)
{
	(void)state;
	refuses("\nscreen.nemu = x\n", 2, "unknown phrase");
	refuses("key.sms = 1\nkey.sms = 2\n", 2, "already in line 1");
	refuses("key.sms\n", 1, "name = text");
	refuses("key.sms =\n", 1, "empty");
	refuses("key.sms = {foo}\n", 1, "no such placeholder");
	refuses("key.sms = a [b\n", 1, "not closed");
	refuses("key.sms = a ]b\n", 1, "do not match");
	refuses("key.sms = \xff\n", 1, "UTF-8");
	refuses("key.sms = \xe1\x9e\x80\n", 1, "7 bit");
}

/* A screen of n letters. */
static unsigned
screen_of(size_t n, const char *letter, const char *head)
{
	struct phrases *set = phrases_new();
	char data[1024];
	struct faults faults = {0};

	(void)snprintf(data, sizeof(data), "%sscreen.bye = ", head);
	while (n-- > 0)
		strcat(data, letter);
	(void)phrases_parse(set, "vi", "x", data, strlen(data), on_fault,
	    &faults);
	phrases_free(set);
	return faults.n;
}

static void
limits_are_exact(void **state)
{
	(void)state;
	assert_int_equal(screen_of(80, "ế", ""), 0);
	assert_int_equal(screen_of(81, "ế", ""), 1);
	assert_int_equal(screen_of(80, "\xe1\x9e\x80", "@unaccented no\n"),
	    0);
	assert_int_equal(screen_of(81, "\xe1\x9e\x80", "@unaccented no\n"),
	    1);
	assert_int_equal(screen_of(64, "€", ""), 0);	/* two septets */
	assert_int_equal(screen_of(65, "€", ""), 1);
}

static void
octets(void **state)
{
	enum coding coding;

	(void)state;
	assert_int_equal(phrase_octets("", &coding), 0);
	assert_int_equal(phrase_octets("1234567", &coding), 7);
	assert_int_equal(phrase_octets("12345678", &coding), 7);
	assert_int_equal(phrase_octets("[a]", &coding), 5);
	assert_int_equal(coding, CODING_GSM7);
	assert_int_equal(phrase_octets("ế", &coding), 2);
	assert_int_equal(phrase_octets("😀a", &coding), 6);
	assert_int_equal(coding, CODING_UCS2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped),
		cmocka_unit_test(fills),
		cmocka_unit_test(tells_faults),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
