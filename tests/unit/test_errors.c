/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What follows from each error: every number of the table by hand, what all
 * rows must have, and the operator's overrides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "conf/options.h"
#include "conf/reader.h"
#include "dispatch/errors.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
told(const char *text, void *arg)
{
	(void)arg;
	fail_msg("%s", text);
}

static struct errors *
errors_of(const char *overrides)
{
	char *text = xasprintf("retry: { errors = ( %s ); };"
	    "modems: ( { name = \"m\"; device = \"/dev/m\"; } );", overrides);
	struct conf *conf = conf_load_string(text, told, NULL);
	struct errors *errors = errors_new(conf);

	conf_free(conf);
	free(text);
	return errors;
}

/* "action[ +class if it is another][ blame][ not counted][ …]" as one
 * string, so that a case is one line. The caller frees. */
static char *
described(const struct errors *errors, int32_t code, const char *reason)
{
	const struct error_row *row = error_find(errors, code, reason);
	struct decision d;
	char delay[32] = "", cap[32] = "";

	error_decide(errors, code, reason, &d);
	if (d.delay_ms != -1)
		(void)snprintf(delay, sizeof(delay), " %lldms",
		    (long long)d.delay_ms);
	if (d.max_tries != 0)
		(void)snprintf(cap, sizeof(cap), " max%u", d.max_tries);
	assert_int_equal(d.blames_modem, row->blame == BLAME_MODEM);
	return xasprintf("%s %s %s%s%s%s%s%s", error_class_name(row->class),
	    action_name(d.action), error_blame_name(row->blame),
	    d.counts ? "" : " free", delay, cap,
	    d.confirm ? " confirm" : "", d.trips_breaker ? " trips" : "");
}

static void
assert_says(const struct errors *errors, int32_t code, const char *reason,
    const char *want)
{
	char *got = described(errors, code, reason);

	if (strcmp(got, want) != 0)
		print_message("code %d reason %s\n", code,
		    reason != NULL ? reason : "-");
	assert_string_equal(got, want);
	free(got);
}

#define NUMBER_CONFIRMED "permanent fail number confirm"
#define NETWORK_LATER "later retry network"
#define MODEM_LATER "later retry modem free"
#define OTHER "other_modem other_modem modem free"
#define NEEDS_A_HAND "operator other_modem modem free trips"
#define OUR_FAULT "ours fail nobody confirm"
#define PERHAPS "unknown unknown network"
#define NAMELESS "later retry network max3"

static const struct {
	int32_t from, to;
	const char *want;
} cases[] = {
	/* RP causes, and CME numbers that are none */
	{1, 1, NUMBER_CONFIRMED},
	{2, 2, NAMELESS},
	{3, 4, OUR_FAULT},
	{5, 5, NEEDS_A_HAND},
	{6, 7, NAMELESS},
	{8, 8, NEEDS_A_HAND},
	{9, 9, NAMELESS},
	{10, 10, NUMBER_CONFIRMED},
	{11, 13, NEEDS_A_HAND},
	{14, 14, MODEM_LATER " 2000ms"},
	{15, 16, NEEDS_A_HAND},
	{17, 17, NETWORK_LATER},
	{18, 18, NEEDS_A_HAND},
	{19, 19, NAMELESS},
	{20, 20, MODEM_LATER},
	{21, 21, "other_modem other_modem network max3"},
	{22, 22, NETWORK_LATER},
	{23, 23, MODEM_LATER},
	{24, 26, OUR_FAULT},
	{27, 27, "later retry number"},
	{28, 28, NEEDS_A_HAND},
	{29, 29, OTHER},
	{30, 30, NUMBER_CONFIRMED},
	{31, 31, PERHAPS},
	{32, 32, NEEDS_A_HAND},
	{33, 37, NAMELESS},
	{38, 38, NETWORK_LATER " 300000ms max5"},
	{39, 39, NAMELESS},
	{40, 40, NEEDS_A_HAND},
	{41, 41, NETWORK_LATER " 10000ms"},
	{42, 42, NETWORK_LATER},
	{43, 46, NEEDS_A_HAND},
	{47, 47, NETWORK_LATER},
	{48, 49, NAMELESS},
	{50, 50, NEEDS_A_HAND},
	{51, 68, NAMELESS},
	{69, 69, OTHER},
	{70, 80, NAMELESS},
	{81, 81, OUR_FAULT},
	{82, 94, NAMELESS},
	{95, 99, OUR_FAULT},
	{100, 100, OTHER},
	{101, 102, NAMELESS},
	{103, 103, NEEDS_A_HAND},
	{104, 105, NAMELESS},
	{106, 107, NEEDS_A_HAND},
	{108, 110, NAMELESS},
	{111, 111, OTHER},
	{112, 113, NEEDS_A_HAND},
	{114, 126, NAMELESS},
	{127, 127, NAMELESS},
	/* TP-FCS */
	{128, 130, OUR_FAULT},
	{131, 131, NAMELESS},
	{132, 134, "later retry modem max3"},
	{135, 142, NAMELESS},
	{143, 145, OUR_FAULT},
	{146, 158, NAMELESS},
	{159, 159, OUR_FAULT},
	{160, 175, NAMELESS},
	{176, 176, OUR_FAULT},
	{177, 191, NAMELESS},
	{192, 192, NETWORK_LATER},
	{193, 193, NEEDS_A_HAND},
	{194, 194, NETWORK_LATER},
	{195, 196, NUMBER_CONFIRMED},
	{197, 197, "done done nobody max3"},
	{198, 199, OUR_FAULT},
	{200, 207, NAMELESS},
	{208, 208, NEEDS_A_HAND},
	{209, 210, NAMELESS},
	{211, 211, NEEDS_A_HAND},
	{212, 212, MODEM_LATER " 5000ms"},
	{213, 255, NAMELESS},
	/* 27.005's own */
	{256, 299, "later retry nobody max3"},
	{300, 300, OTHER},
	{301, 302, MODEM_LATER " 5000ms"},
	{303, 305, OUR_FAULT},
	{306, 309, "later retry nobody max3"},
	{310, 313, NEEDS_A_HAND},
	{314, 314, MODEM_LATER " 2000ms"},
	{315, 318, NEEDS_A_HAND},
	{319, 319, "later retry nobody max3"},
	{320, 322, MODEM_LATER},
	{323, 329, "later retry nobody max3"},
	{330, 330, NEEDS_A_HAND},
	{331, 331, OTHER},
	{332, 332, PERHAPS},
	{333, 339, "later retry nobody max3"},
	{340, 340, "later retry nobody 2000ms max3"},
	{341, 499, "later retry nobody max3"},
	{500, 500, OTHER},
	{501, 511, "later retry nobody max3"},
	/* makers' */
	{512, 512, "later retry nobody 5000ms max3"},
	{513, 514, "later retry nobody max3"},
	{515, 515, MODEM_LATER " 2000ms"},
	{516, 527, "later retry nobody max3"},
	{528, 528, "later retry nobody 5000ms max3"},
	{529, 534, "later retry nobody max3"},
	{535, 535, MODEM_LATER " 5000ms"},
	{536, 614, "later retry nobody max3"},
	{615, 616, NETWORK_LATER},
	{617, 65535, "later retry nobody max3"},
	/* no number */
	{-1, -1, OTHER},
};

static void
test_every_number(void **state)
{
	struct errors *errors = errors_of("");
	int32_t next = 1;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int32_t code = cases[i].from; code <= cases[i].to; code++)
			assert_says(errors, code, "", cases[i].want);
		if (cases[i].from > 0)
			assert_int_equal(cases[i].from, next);
		next = cases[i].to + 1;
	}
	errors_free(errors);
}

static void
test_words(void **state)
{
	struct errors *errors = errors_of("");

	(void)state;
	assert_says(errors, 0, "no_prompt", OTHER);
	assert_says(errors, 0, "silent", "unknown unknown modem");
	assert_says(errors, 0, "too_long", "ours fail nobody");
	assert_says(errors, 0, "lease", "later retry nobody");
	assert_says(errors, 0, NULL, "later retry nobody");
	/* A number says more than a word. */
	assert_says(errors, 1, "silent", NUMBER_CONFIRMED);
	assert_says(errors, -2, "silent", "later retry nobody");
	assert_says(errors, INT32_MAX, "", "later retry nobody");
	assert_says(errors, INT32_MIN, "", "later retry nobody");
	errors_free(errors);
}

static bool
is_word(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (!islower((unsigned char)*p) && *p != '_' &&
		    !isdigit((unsigned char)*p))
			return false;
	return *s != '\0' && strlen(s) <= 32;
}

/* What a row must have; and that it can be found. */
static void
test_rows(void **state)
{
	struct errors *errors = errors_of("");
	const struct error_row *row;
	unsigned n = 0;

	(void)state;
	for (; (row = error_row_at(n)) != NULL; n++) {
		size_t len = strlen(row->sentence);

		assert_true(is_word(row->word));
		assert_true(len > 15 && len < 160);
		assert_true(isupper((unsigned char)row->sentence[0]));
		assert_int_equal(row->sentence[len - 1], '.');
		assert_null(strstr(row->sentence, "  "));
		assert_true(row->from <= row->to);
		assert_true(row->reason == NULL || row->from == 0);
		assert_true(row->first_delay_ms == -1 ||
		    (row->first_delay_ms >= 1000 &&
		    row->first_delay_ms <= 600000));
		if (row->class == CLASS_PERMANENT)
			assert_int_equal(row->blame, BLAME_NUMBER);
		if (row->class == CLASS_OPERATOR)
			assert_int_equal(row->blame, BLAME_MODEM);
		/* Hidden behind no other row but by ranges at the end. */
		if (row->to - row->from < 100)
			assert_ptr_equal(error_find(errors, row->to,
			    row->reason), row);
	}
	assert_true(n > 80);
	assert_null(error_row_at(n + 1));
	errors_free(errors);
}

static void
test_overrides(void **state)
{
	struct errors *errors = errors_of(
	    "{ code = 38; class = \"permanent\"; },"
	    "{ code = 1; class = \"later\"; },"
	    "{ code = 197; class = \"done\"; },"
	    "{ code = 700; class = \"operator\"; },"
	    "{ code = 98; class = \"other_modem\"; },"
	    "{ code = 500; class = \"unknown\"; },"
	    "{ code = 27; class = \"ours\"; },"
	    "{ code = 41; class = \"later\"; },"
	    "{ code = -1; class = \"later\"; }");

	(void)state;
	assert_says(errors, 38, "", "permanent fail number");
	assert_says(errors, 1, "", NETWORK_LATER);
	assert_says(errors, 197, "", "done done nobody");
	assert_says(errors, 700, "", NEEDS_A_HAND);
	assert_says(errors, 701, "", "later retry nobody max3");
	assert_says(errors, 98, "", OTHER);
	assert_says(errors, 97, "", OUR_FAULT);
	assert_says(errors, 500, "", PERHAPS);
	assert_says(errors, 27, "", "ours fail nobody");
	assert_says(errors, 41, "", NETWORK_LATER);
	assert_says(errors, -1, "error", NETWORK_LATER);
	assert_says(errors, 0, "no_prompt", OTHER);
	/* What it is stays what it is. */
	assert_string_equal(error_find(errors, 38, "")->word,
	    "network_out_of_order");
	errors_free(errors);
}

/* The configuration takes the classes' names and no others. */
static void
test_class_names(void **state)
{
	char *names = xstrdup(""), *more;
	const struct option *option, *class;
	enum error_class parsed;

	(void)state;
#define X(id, name)                                                           \
	more = xasprintf("%s%s" name, names, *names != '\0' ? "|" : "");      \
	free(names);                                                          \
	names = more;                                                         \
	assert_string_equal(error_class_name(CLASS_##id), name);              \
	assert_int_equal(error_class_parse(name, &parsed), 0);                \
	assert_int_equal(parsed, CLASS_##id);
	ERROR_CLASSES(X)
#undef X
	option = option_find(option_section_find("retry"), "errors");
	class = option_find(option_groups(option), "class");
	assert_string_equal(class->unit, names);
	assert_int_equal(error_class_parse("Later", &parsed), -1);
	assert_int_equal(error_class_parse("", &parsed), -1);
	free(names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_number),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_overrides),
		cmocka_unit_test(test_class_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
