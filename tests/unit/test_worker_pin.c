/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The memory of PIN tries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "worker/pin.h"

#define SIM   "8984048000000000001"
#define IMEI  "356938030000013"
#define OTHER "8984048000000000002"

struct bench {
	char dir[64], file[80];
};

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/test_pin.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->file, sizeof(b->file), "%s/pins", b->dir);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	(void)unlink(b->file);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static void
test_first_try(void **state)
{
	const char *f = ((struct bench *)*state)->file;

	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 3, false), PIN_TRY);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 2, false), PIN_TRY);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", -1, false), PIN_TRY);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 1, false), PIN_TOO_FEW);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 0, false), PIN_TOO_FEW);
	assert_int_equal(pin_ask(f, SIM, IMEI, "", 3, false), PIN_UNKNOWN);
}

static void
test_refusal_is_remembered(void **state)
{
	const char *f = ((struct bench *)*state)->file;
	struct stat st;

	assert_int_equal(pin_note_try(f, SIM, IMEI, "1234"), 0);
	assert_int_equal(stat(f, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 3, false), PIN_REFUSED);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", -1, false), PIN_REFUSED);
	/* The modem does not matter, the SIM does. */
	assert_int_equal(pin_ask(f, SIM, "0", "1234", 3, false), PIN_REFUSED);
	assert_int_equal(pin_ask(f, OTHER, IMEI, "1234", 3, false), PIN_TRY);
}

static void
test_corrected_pin(void **state)
{
	const char *f = ((struct bench *)*state)->file;

	assert_int_equal(pin_note_try(f, SIM, IMEI, "1234"), 0);
	assert_int_equal(pin_ask(f, SIM, IMEI, "4321", 2, false), PIN_TRY);
	assert_int_equal(pin_ask(f, SIM, IMEI, "4321", -1, false), PIN_REFUSED);
}

/* 12.4: an operator's word is worth one more try where nobody can say how
 * many are left, but never the last one. */
static void
issue12_4_a_typed_pin(void **state)
{
	const char *f = ((struct bench *)*state)->file;

	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", -1, true), PIN_TRY);
	assert_int_equal(pin_note_try(f, SIM, IMEI, "1234"), 0);
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 3, true), PIN_REFUSED);
	assert_int_equal(pin_ask(f, SIM, IMEI, "4321", -1, true), PIN_TRY);
	assert_int_equal(pin_ask(f, SIM, IMEI, "4321", 1, true), PIN_TOO_FEW);
	assert_int_equal(pin_note_try(f, SIM, IMEI, "4321"), 0);
	assert_int_equal(pin_ask(f, SIM, IMEI, "5555", -1, true),
	    PIN_REFUSED);
	assert_int_equal(pin_ask(f, SIM, IMEI, "5555", 2, true), PIN_TRY);
	/* The first one is still remembered. */
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 3, true), PIN_REFUSED);
	pin_note_success(f, SIM, IMEI, "5555");
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 3, false), PIN_TRY);
}

static void
test_success_clears(void **state)
{
	const char *f = ((struct bench *)*state)->file;

	assert_int_equal(pin_note_try(f, SIM, IMEI, "1234"), 0);
	assert_int_equal(pin_note_try(f, OTHER, IMEI, "1234"), 0);
	pin_note_success(f, SIM, IMEI, "1234");
	assert_int_equal(pin_ask(f, SIM, IMEI, "1234", 3, false), PIN_TRY);
	assert_int_equal(pin_ask(f, OTHER, IMEI, "1234", 3, false),
	    PIN_REFUSED);
}

static void
test_without_iccid(void **state)
{
	const char *f = ((struct bench *)*state)->file;

	assert_int_equal(pin_note_try(f, "", IMEI, "1234"), 0);
	assert_int_equal(pin_ask(f, "", IMEI, "1234", 3, false), PIN_REFUSED);
	assert_int_equal(pin_ask(f, "", "0", "1234", 3, false), PIN_TRY);
}

static void
test_unreadable_counts_as_refused(void **state)
{
	const char *dir = ((struct bench *)*state)->dir;

	assert_int_equal(pin_ask(dir, SIM, IMEI, "1234", 3, false),
	    PIN_REFUSED);
	assert_int_equal(pin_note_try(dir, SIM, IMEI, "1234"), -1);
}

static void
test_no_pin_in_the_file(void **state)
{
	const char *f = ((struct bench *)*state)->file;
	char text[256];
	FILE *file;
	size_t n;

	assert_int_equal(pin_note_try(f, SIM, IMEI, "73519"), 0);
	file = fopen(f, "r");
	assert_non_null(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	assert_null(strstr(text, "73519"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_try),
		TEST(test_refusal_is_remembered),
		TEST(test_corrected_pin),
		TEST(issue12_4_a_typed_pin),
		TEST(test_success_clears),
		TEST(test_without_iccid),
		TEST(test_unreadable_counts_as_refused),
		TEST(test_no_pin_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
