/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * main() of a fuzz target that is not linked with libFuzzer: gives the
 * target every file of its corpus (tests/fuzz/corpus/<target>, or the
 * folders named), each also cut at every length and with each octet
 * damaged, and prints TAP.
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
run_file(const char *path)
{
	static uint8_t data[SAMPLE_SIZE];
	FILE *f;
	size_t n;

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

/* The name comes first, for those who look at what crashed. */
static void
test_file(const char *path, int *count)
{
	printf("# %s\n", path);
	printf("%s %d - %s\n", run_file(path) == 0 ? "ok" : "not ok",
	    ++*count, strrchr(path, '/') + 1);
}

static int
is_sample(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
test_folder(const char *dir, int *count)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_sample, alphasort);

	for (int i = 0; i < n; i++) {
		char path[1024];

		(void)snprintf(path, sizeof(path), "%s/%s", dir,
		    list[i]->d_name);
		test_file(path, count);
		free(list[i]);
	}
	if (n != -1)
		free(list);
}

/* Arguments: other folders of samples instead of the corpus. */
int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	const char *target = strrchr(argv[0], '/');
	char corpus[512];
	int count = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	target = target != NULL ? target + 1 : argv[0];
	(void)snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s",
	    top != NULL ? top : ".", target);
	if (argc == 1)
		test_folder(corpus, &count);
	for (int i = 1; i < argc; i++)
		test_folder(argv[i], &count);
	if (count == 0)
		printf("Bail out! no samples\n");
	else
		printf("1..%d\n", count);
	return count > 0 ? 0 : 1;
}
