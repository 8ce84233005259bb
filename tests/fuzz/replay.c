/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * main() of a fuzz target that is not linked with libFuzzer: gives the
 * target every file of its corpus (tests/fuzz/corpus/<target>), each also
 * cut at every length and with each octet damaged, and prints TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_SIZE 65536
#define MUTATED_SIZE 4096 /* larger files are only taken as they are */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The copy has no spare octet behind it, so that sanitizers and valgrind
 * see a read past the end. */
static void
run_copy(const uint8_t *data, size_t n, size_t damaged)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, n);
	if (damaged < n)
		copy[damaged] ^= 0xff;
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int
run_file(const char *dir, const char *name)
{
	static uint8_t data[SAMPLE_SIZE];
	char path[1024];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "rb")) == NULL)
		return -1;
	n = fread(data, 1, sizeof(data), f);
	(void)fclose(f);
	run_copy(data, n, n);
	for (size_t i = 0; n <= MUTATED_SIZE && i < n; i++) {
		run_copy(data, i, i);
		run_copy(data, n, i);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	const char *target = strrchr(argv[0], '/');
	char dir[512];
	struct dirent *e;
	int count = 0;
	DIR *d;

	target = target != NULL ? target + 1 : argv[0];
	if (argc > 1)
		(void)snprintf(dir, sizeof(dir), "%s", argv[1]);
	else
		(void)snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s",
		    top != NULL ? top : ".", target);
	if ((d = opendir(dir)) == NULL) {
		printf("Bail out! no corpus in %s\n", dir);
		return 1;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		printf("%s %d - %s\n",
		    run_file(dir, e->d_name) == 0 ? "ok" : "not ok", ++count,
		    e->d_name);
	}
	(void)closedir(d);
	printf("1..%d\n", count);
	return count > 0 ? 0 : 1;
}
