/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What errors of Redis mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "redis/fault.h"

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
	assert_int_equal(fault_class("BADKEY x"), FAULT_REFUSAL);
	assert_int_equal(fault_class("NORIGHT x"), FAULT_REFUSAL);
	assert_int_equal(fault_class("ERR The user executing the script can't "
	    "run this command or subcommand script: 2d, on @user_script:1."),
	    FAULT_REFUSAL);
	assert_int_equal(fault_class("ERR The user executing the script can't "
	    "access at least one of the keys"), FAULT_REFUSAL);
	assert_int_equal(fault_class("NOPERM x"), FAULT_PASSING);
	assert_int_equal(fault_class("NOTOURS x"), FAULT_PASSING);
	assert_int_equal(fault_class("BUSY x"), FAULT_PASSING);
	assert_int_equal(fault_class("BUSYGROUP x"), FAULT_LASTING);
	assert_int_equal(fault_class("WRONGTYPE x"), FAULT_LASTING);
	assert_int_equal(fault_class(FAULT_LOST), FAULT_PASSING);
	assert_int_equal(fault_class(FAULT_NO_FUNCTION), FAULT_PASSING);
	assert_int_equal(fault_class("ERR user_function:3: attempt to index "
	    "local 'm' (a nil value) script: x"), FAULT_LASTING);
	assert_false(fault_passes(NULL));
	assert_true(fault_passes(FAULT_NOT_CONNECTED));
	assert_false(fault_passes("ERR x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
