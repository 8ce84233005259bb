/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The shipped texts: each fits one segment unaccented, starts with the
 * office's name, and the right ones are switched off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/fold.h"
#include "text/template.h"
#include "text/template_expand.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static const struct template_values bombo = {
	.agency = "UBND xã Bom Bo", .desk = "Một cửa xã Bom Bo",
	.hotline = "02713000000", .code = "H10.45-230515-0001",
	.place = "Một cửa xã Bom Bo", .due = "22/11/2026",
	.date = "20/11/2026", .fee = "1.200.000 d",
	.parcel = "EE123456789VN",
};

static void
on_fault(const char *file, int line, const char *text, void *arg)
{
	(void)arg;
	fail_msg("%s:%d: %s", file, line, text);
}

static void
reads(const struct templates *set, enum situation situation,
    const char *text)
{
	char *out;

	assert_int_equal(templates_render(set, "", "vi", situation,
	    CHANNEL_DIRECT, true, &bombo, &out), TEMPLATE_OK);
	assert_string_equal(out, text);
	free(out);
}

static struct templates *
load_shipped(void)
{
	const char *top = getenv("top_srcdir");
	struct templates *set;
	char path[4096];

	snprintf(path, sizeof(path), "%s/templates",
	    top != NULL ? top : "..");
	set = templates_load(path, NULL, 3, on_fault, NULL);
	assert_non_null(set);
	return set;
}

/* Every shipped text, filled with an 18 character code. */
static void
check_row(const struct template_row *row, void *arg)
{
	static const struct template_values none = {
		.agency = "UBND xã Bom Bo", .desk = "Một cửa xã Bom Bo",
		.place = "Một cửa xã Bom Bo", .code = "H10.45-230515-0001",
		.date = "20/11/2026",
	};
	const struct template_values *const sets[] = {&bombo, &none};
	char why[TEMPLATE_FAULT_SIZE], *text, *sent;
	struct segments segments;

	if (strstr(row->file, "/lookup/") != NULL)
		return;		/* test_phrase has those */
	(*(unsigned *)arg)++;
	for (size_t i = 0; i < N(sets); i++) {
		assert_int_equal(template_expand(row->source, sets[i], &text,
		    why), 0);
		sent = row->accents ? strdup(text) : text_fold(text);
		assert_int_equal(segments_init(&segments, sent), 0);
		if (!row->accents && (segments.n != 1 ||
		    segments.coding != CODING_GSM7))
			fail_msg("%s:%d: %u segments: %s", row->file,
			    row->line, segments.n, sent);
		assert_true(segments.n <= 3);
		if (strncmp(text, "UBND xã Bom Bo", 15) != 0 ||
		    strstr(text, "H10.45-230515-0001") == NULL ||
		    strstr(text, "  ") != NULL || strstr(text, "..") != NULL ||
		    strstr(text, " .") != NULL || strstr(text, " ,") != NULL ||
		    strpbrk(text, "{}[]") != NULL ||
		    text[strlen(text) - 1] != '.')
			fail_msg("%s:%d: %s", row->file, row->line, text);
		segments_clear(&segments);
		free(sent);
		free(text);
	}
}

static void
test_shipped(void **state)
{
	struct templates *set = load_shipped();
	unsigned rows = 0;

	(void)state;
	templates_each(set, check_row, &rows);
	assert_true(rows >= 2 * 2 * 11);
	assert_true(templates_has_language(set, "en"));
	reads(set, SITUATION_READY, "UBND xã Bom Bo: hồ sơ "
	    "H10.45-230515-0001 đã có kết quả. Mời đến Một cửa xã Bom Bo "
	    "nhận trong giờ làm việc, không cần chờ ngày hẹn. Mang theo "
	    "phiếu.");
	reads(set, SITUATION_LATE, "UBND xã Bom Bo xin lỗi ông/bà vì "
	    "hồ sơ H10.45-230515-0001 chậm trả. Hẹn lại ngày 22/11/2026.");
	templates_free(set);
}

/* Which notices go out by default: the table of the ten statuses. */
static void
test_shipped_defaults(void **state)
{
	struct templates *set = load_shipped();

	(void)state;
	for (int s = SITUATION_FIRST; s <= SITUATION_LAST; s++)
		for (int c = CHANNEL_DIRECT; c <= CHANNEL_POSTAL; c++)
			for (int l = 0; l < 4; l++) {
				char *out;
				bool off = s == SITUATION_PROCESSING ||
				    s == SITUATION_RETURNED ||
				    (s == SITUATION_REGISTERED &&
				    c != CHANNEL_ONLINE);

				assert_int_equal(templates_render(set, "H10",
				    l < 2 ? "vi" : "en", (enum situation)s,
				    (enum channel)c, l % 2 != 0, &bombo, &out),
				    off ? TEMPLATE_OFF : TEMPLATE_OK);
				free(out);
			}
	templates_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_shipped_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
