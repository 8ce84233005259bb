/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The key file, and what a rotation of its keys leaves recognisable.
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

#include "base/keyhash.h"

#define OLD "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define NEW "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static char file[64];

static int
make_file(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(file, sizeof(file), "/tmp/baotin-key-XXXXXX");
	fd = mkstemp(file);
	if (fd == -1)
		return -1;
	return close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	(void)unlink(file);
	return 0;
}

static struct keyhash *
open_with(const char *text)
{
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	return keyhash_open(file);
}

static void
a_new_file_is_private_and_read_again(void **state)
{
	char first[KEYHASH_SIZE], second[KEYHASH_SIZE];
	struct keyhash *kh;
	struct stat st;

	(void)state;
	assert_int_equal(unlink(file), 0);
	assert_non_null(kh = keyhash_open(file));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 1);
	keyhash_make(kh, "a", "b", first);
	keyhash_free(kh);
	assert_non_null(kh = keyhash_open(file));
	assert_string_equal(keyhash_make(kh, "a", "b", second), first);
	assert_int_equal(strlen(first), KEYHASH_SIZE - 1);
	assert_int_equal(first[8], ':');
	keyhash_free(kh);
}

/* Checked with python3: hmac.new(key, b"baotin key id\0", "sha256") and
 * hmac.new(key, b"phone\0+84912345678", "sha256"). */
static void
hashes_are_hmacs(void **state)
{
	struct keyhash *kh = open_with(OLD "\n");
	char hash[KEYHASH_SIZE];

	(void)state;
	assert_non_null(kh);
	assert_string_equal(keyhash_make(kh, "phone", "+84912345678", hash),
	    "ce9c3ed9:b0b15372e8da4ed2e525c459cef99a15");
	keyhash_free(kh);
}

static void
a_rotated_key_recognises(void **state)
{
	char old[KEYHASH_SIZE], hash[KEYHASH_SIZE];
	struct keyhash *kh = open_with(OLD "\n");

	(void)state;
	keyhash_make(kh, "code", "1234", old);
	assert_true(keyhash_matches(kh, old, "code", "1234"));
	keyhash_free(kh);

	assert_non_null(kh = open_with("# of 2026\n" NEW "\r\n\n" OLD));
	assert_int_equal(keyhash_count(kh), 2);
	assert_true(keyhash_matches(kh, old, "code", "1234"));
	assert_false(keyhash_matches(kh, old, "code", "1235"));
	assert_false(keyhash_matches(kh, old, "code1", "234"));
	assert_string_not_equal(keyhash_make(kh, "code", "1234", hash), old);
	assert_true(keyhash_matches(kh, hash, "code", "1234"));
	assert_string_equal(keyhash_at(kh, 1, "code", "1234", hash), old);
	keyhash_free(kh);

	assert_non_null(kh = open_with(NEW));	/* the old one is gone */
	assert_false(keyhash_matches(kh, old, "code", "1234"));
	assert_false(keyhash_matches(kh, "", "code", "1234"));
	assert_false(keyhash_matches(kh, old + 9, "code", "1234"));
	keyhash_free(kh);
}

static void
faults_are_refused(void **state)
{
	static const char *const texts[] = {"", "# nothing\n", "1234\n",
		OLD "00\n", OLD "\n" OLD "\n", "x" OLD "\n", NEW "\nzz\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_null(open_with(texts[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_new_file_is_private_and_read_again, make_file,
		    remove_file),
		cmocka_unit_test_setup_teardown(hashes_are_hmacs, make_file,
		    remove_file),
		cmocka_unit_test_setup_teardown(a_rotated_key_recognises,
		    make_file, remove_file),
		cmocka_unit_test_setup_teardown(faults_are_refused, make_file,
		    remove_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
