/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What errors of Redis mean, also as older servers wrap them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "redis/fault.h"

static void
errors_of_scripts_are_unwrapped(void **state)
{
	(void)state;
	assert_string_equal(fault_unwrap("READONLY You can't write"),
	    "READONLY You can't write");
	assert_string_equal(fault_unwrap("ERR Error running script (call to "
	    "f_6b1bf486c81ceb7edf3c093f4c48582e38c0e791): @user_script:12: "
	    "@user_script: 12: -READONLY You can't write against a read only "
	    "replica."), "READONLY You can't write against a read only "
	    "replica.");
	assert_string_equal(fault_unwrap("ERR Error running script (call to "
	    "f_6b1bf486c81ceb7edf3c093f4c48582e38c0e791): @user_script:1: "
	    "-OOM command not allowed when used memory > 'maxmemory'."),
	    "OOM command not allowed when used memory > 'maxmemory'.");
	assert_string_equal(fault_unwrap("ERR Error running script (call to "
	    "f_6b1b): @user_script:3: WRONGTYPE Operation against a key"),
	    "WRONGTYPE Operation against a key");
}

static void
mistakes_in_a_script_stay_what_they_are(void **state)
{
	static const char nil[] =
	    "ERR Error running script (call to f_6b1b): @user_script:3: "
	    "user_script:3: attempt to index local 'm' (a nil value)";
	static const char *const texts[] = {
		nil,
		"ERR Error compiling script (new function): user_script:1: x",
		"ERR Error running script",
		"ERR value is not an integer or out of range",
		"ERR Error @user_script:",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_ptr_equal(fault_unwrap(texts[i]), texts[i]);
		assert_int_equal(fault_class(texts[i]), FAULT_LASTING);
	}
}

static void
classes(void **state)
{
	(void)state;
	assert_int_equal(fault_class("READONLY x"), FAULT_UNFIT);
	assert_int_equal(fault_class("LOADING x"), FAULT_UNFIT);
	assert_int_equal(fault_class("MASTERDOWN x"), FAULT_UNFIT);
	assert_int_equal(fault_class("NOAUTH x"), FAULT_UNFIT);
	assert_int_equal(fault_class("OOM x"), FAULT_REFUSAL);
	assert_int_equal(fault_class("MISCONF x"), FAULT_REFUSAL);
	assert_int_equal(fault_class("NOREPLICAS x"), FAULT_REFUSAL);
	assert_int_equal(fault_class("NOPERM x"), FAULT_PASSING);
	assert_int_equal(fault_class("NOTOURS x"), FAULT_PASSING);
	assert_int_equal(fault_class("BUSY x"), FAULT_PASSING);
	assert_int_equal(fault_class("BUSYGROUP x"), FAULT_LASTING);
	assert_int_equal(fault_class("WRONGTYPE x"), FAULT_LASTING);
	assert_int_equal(fault_class(FAULT_LOST), FAULT_PASSING);
	assert_false(fault_passes(NULL));
	assert_true(fault_passes(FAULT_NOT_CONNECTED));
	assert_false(fault_passes("ERR x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_of_scripts_are_unwrapped),
		cmocka_unit_test(mistakes_in_a_script_stay_what_they_are),
		cmocka_unit_test(classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
