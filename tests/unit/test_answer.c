/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers by SMS, with the shipped phrases: the words of each verdict, and
 * that none is longer than one segment, whatever is in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>
#include <cmocka.h>

#include "base/clock.h"
#include "conf/conf.h"
#include "lookup/answer.h"
#include "lookup/inside.h"
#include "text/segment.h"
#include "text/template.h"

#define CODE	  "H10.45-230515-0001"
#define LONG_CODE "H15.50.05.13-261008-0975"
#define ENDLESS	  "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEF0042"

static struct templates *templates;
static struct conf conf;
static struct lookup lookup;

static const struct templates *
get_templates(void *arg)
{
	(void)arg;
	return templates;
}

static void
on_fault(const char *file, int line, const char *text, void *arg)
{
	(void)arg;
	fail_msg("%s:%d: %s", file, line, text);
}

static int
set_up(void **state)
{
	static const struct lookup_hooks hooks = {
		.templates = get_templates,
	};
	const char *top = getenv("top_srcdir");
	char path[4096];

	(void)state;
	setenv("TZ", "Asia/Ho_Chi_Minh", 1);
	(void)snprintf(path, sizeof(path), "%s/templates",
	    top != NULL ? top : "..");
	templates = templates_load(path, NULL, 3, on_fault, NULL);
	lookup.conf = &conf;
	lookup.hooks = &hooks;
	return templates != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	templates_free(templates);
	return 0;
}

static struct ask_dossier
dossier(const char *code, enum situation situation)
{
	struct ask_dossier d = {.situation = situation, .is_own = true,
	    .at = INT64_C(1795325165988), .updated_at = clock_wall_ms(),
	    .agency = "", .due = "2026-12-01", .place = "", .fee = "1200000",
	    .parcel = ""};

	(void)snprintf(d.code, sizeof(d.code), "%s", code);
	return d;
}

static char *
answer(const struct ask_dossier *dossiers, size_t n, bool accents)
{
	struct ask_answer a = {.verdict = ASK_FOUND, .dossiers = dossiers,
	    .n = n, .total = n, .accents = accents, .lang = ""};

	return answer_sms(&lookup, &a);
}

static void
says(const struct ask_dossier *d, size_t n, bool accents, const char *want)
{
	char *text = answer(d, n, accents);

	assert_string_equal(text, want);
	free(text);
}

static void
one_dossier(void **state)
{
	struct ask_dossier d = dossier(CODE, SITUATION_READY);

	(void)state;
	says(&d, 1, true, "Hồ sơ " CODE ": đã có kết quả, mời đến nhận.");
	says(&d, 1, false, "Ho so " CODE ": da co ket qua, moi den nhan.");
	d.channel = CHANNEL_POSTAL;
	says(&d, 1, false, "Ho so " CODE ": ket qua da giao buu dien.");
	d = dossier(CODE, SITUATION_PAYMENT);
	says(&d, 1, true, "Hồ sơ " CODE ": cần nộp phí 1.200.000 đ.");
	d.is_own = false;
	says(&d, 1, false, "Ho so " CODE ": can nop phi, 22/11/2026");
	d = dossier(ENDLESS, SITUATION_RECEIVED);
	says(&d, 1, false, "Ho so ..0042: da nhan, hen tra 01/12/2026.");
}

static void
old_data(void **state)
{
	struct ask_dossier d[3] = {
		dossier(CODE, SITUATION_PROCESSING),
		dossier(LONG_CODE, SITUATION_READY),
		dossier(ENDLESS, SITUATION_RECEIVED),
	};

	(void)state;
	d[0].updated_at = INT64_C(1779177600000); /* 2026-05-19, 15:00 */
	says(d, 1, true, "HS ..0001 đang xử lý, hẹn 01/12, theo dữ liệu lúc "
	    "15:00 19/05");
	says(d, 3, false, "..0001 dang xu ly 01/12\n..0975 co ket qua 01/12\n"
	    "..0042 da tiep nhan 01/12\ntheo du lieu luc 15:00 19/05");
	/* With accents only without what is less important, or not at all. */
	says(d, 2, true, "..0001 đang xử lý\n..0975 có kết quả\n"
	    "theo dữ liệu lúc 15:00 19/05");
	says(d, 3, true, "..0001 dang xu ly 01/12\n..0975 co ket qua 01/12\n"
	    "..0042 da tiep nhan 01/12\ntheo du lieu luc 15:00 19/05");
}

static void
is_short(char *text, bool is_one)
{
	struct segments segments;

	assert_int_equal(segments_init(&segments, text), 0);
	if (segments.n != 1 || (is_one && u8_mbsnlen((const uint8_t *)text,
	    strlen(text)) > PHRASE_SMS_MAX))
		fail_msg("too long: %s", text);
	segments_clear(&segments);
	free(text);
}

static void
never_too_long(void **state)
{
	static const char *const codes[] = {CODE, LONG_CODE, ENDLESS};

	(void)state;
	for (int s = SITUATION_FIRST; s <= SITUATION_LAST; s++)
		for (int i = 0; i < 24; i++) {
			struct ask_dossier d = dossier(codes[i % 3],
			    (enum situation)s), many[3];

			d.is_own = i / 3 % 2 == 0;
			d.updated_at = i / 6 % 2 == 0 ? 1 : d.updated_at;
			is_short(answer(&d, 1, i / 12 == 0), true);
			many[0] = many[1] = many[2] = d;
			is_short(answer(many, 3, i / 12 == 0), false);
		}
}

static void
refusals(void **state)
{
	static const char *const words[] = {
		[ASK_NOT_FOUND] = "Khong tim thay. Dung so dien thoai da dang "
		    "ky hoac den Mot cua.",
		[ASK_LIMITED] = "Ong/ba da hoi nhieu lan. Xin hoi lai sau.",
		[ASK_UNAVAILABLE] = "He thong dang ban. Xin hoi lai sau it "
		    "phut.",
	};

	(void)state;
	for (int v = ASK_NOT_FOUND; v <= ASK_UNAVAILABLE; v++) {
		struct ask_answer a = {.verdict = (enum ask_verdict)v,
		    .accents = -1, .lang = ""};
		char *text = answer_sms(&lookup, &a);

		assert_string_equal(text, words[v]);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_dossier),
		cmocka_unit_test(old_data),
		cmocka_unit_test(never_too_long),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
