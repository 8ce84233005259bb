/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Template files: what is refused at loading, which text is found, how it is
 * filled.
 */
#include "config.h" /* for nftw */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ftw.h>
#include <cmocka.h>

#include "text/fold.h"
#include "text/template.h"
#include "text/template_expand.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static char dir[64];

static struct {
	unsigned n;
	int line;
	char file[256], text[512];
} faults;

static const struct template_values bombo = {
	.agency = "UBND xã Bom Bo", .desk = "Một cửa xã Bom Bo",
	.hotline = "02713000000", .code = "H10.45-230515-0001",
	.place = "Một cửa xã Bom Bo", .due = "22/11/2026",
	.date = "20/11/2026", .fee = "1.200.000 d",
	.parcel = "EE123456789VN",
};

static int
make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof(dir), "%.30s/baotin-template-XXXXXX",
	    tmp != NULL && strlen(tmp) < 30 ? tmp : "/tmp");
	memset(&faults, 0, sizeof(faults));
	return mkdtemp(dir) == NULL;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static int
remove_dir(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
put_bytes(const char *name, const char *data, size_t n)
{
	char path[256], *slash;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	(void)mkdir(path, 0700);
	*slash = '/';
	assert_non_null(f = fopen(path, "w"));
	assert_int_equal(fwrite(data, 1, n, f), n);
	fclose(f);
}

static void
put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static void
on_fault(const char *file, int line, const char *text, void *arg)
{
	assert_ptr_equal(arg, dir);
	if (faults.n++ == 0) {
		faults.line = line;
		snprintf(faults.file, sizeof(faults.file), "%s", file);
		snprintf(faults.text, sizeof(faults.text), "%s", text);
	}
}

static struct templates *
load(unsigned max_segments)
{
	static const char *const agencies[] = {"H10.45", "H10.46", NULL};

	memset(&faults, 0, sizeof(faults));
	return templates_load(dir, agencies, max_segments, on_fault, dir);
}

/* The set in dir; there must be no fault. */
static struct templates *
must_load(void)
{
	struct templates *set = load(3);

	if (set == NULL)
		fail_msg("%s:%d: %s", faults.file, faults.line, faults.text);
	assert_int_equal(faults.n, 0);
	return set;
}

/* One fault in that line, whose sentence holds the words. */
static void
refuses_bytes(const char *data, size_t n, int line, const char *words)
{
	char file[128];

	put_bytes("vi.txt", data, n);
	if (load(3) != NULL)
		fail_msg("\"%s\" was taken", data);
	snprintf(file, sizeof(file), "%s/vi.txt", dir);
	assert_string_equal(faults.file, file);
	if (faults.n != 1 || faults.line != line ||
	    strstr(faults.text, words) == NULL)
		fail_msg("\"%s\": %u faults, line %d: %s", data, faults.n,
		    faults.line, faults.text);
}

static void
refuses(const char *text, int line, const char *words)
{
	refuses_bytes(text, strlen(text), line, words);
}

static void
test_refusals(void **state)
{
	(void)state;
	refuses("ready = a\nready = b\xff\n", 2, "UTF-8");
	refuses("# \xc3\n", 1, "UTF-8");
	refuses("ready = a\tb\n", 1, "U+0009");
	refuses("ready = a\x1b[0m\n", 1, "U+001B");
	refuses("ready = a\xc2\x85\n", 1, "U+0085");
	refuses_bytes("ready = a\0b\n", 12, 1, "U+0000");
	refuses("redy = a\n", 1, "unknown situation \"redy\"");
	refuses("9 = a\n", 1, "unknown situation");
	refuses("= a\n", 1, "unknown situation");
	refuses("ready.fax = a\n", 1, "unknown channel \"fax\"");
	refuses("ready. = a\n", 1, "unknown channel");
	refuses("\n\nready = {cod}\n", 3, "unknown placeholder {cod}: use "
	    "one of {agency} {desk} {hotline} {code} {place} {due} {date} "
	    "{fee} {parcel}");
	refuses("ready = {}\n", 1, "unknown placeholder {}");
	refuses("ready = {Code}\n", 1, "unknown placeholder");
	refuses("ready = {code\n", 1, "{ is not closed");
	refuses("ready = {code[\n", 1, "{ is not closed");
	refuses("ready = code}\n", 1, "} without");
	refuses("ready = [ {due}\n", 1, "[ is not closed");
	refuses("ready = {due} ]\n", 1, "] without");
	refuses("ready = [[ {due}]\n", 1, "] without");
	refuses("ready = [a [{due}]]\n", 1, "inside brackets");
	refuses("ready = [a]\n", 1, "without a placeholder");
	refuses("ready =\n", 1, "empty text");
	refuses("ready off = \n", 1, "empty text");
	refuses("ready\n", 1, "no text");
	refuses("ready off\n", 1, "no text");
	refuses("ready on = a\n", 1, "off = text");
	refuses("ready off off = a\n", 1, "off = text");
	refuses("ready = a\nlate = b\nready = c\n", 3, "already in line 1");
	refuses("ready.online = a\nready.online off = c\n", 2,
	    "already in line 1");
	refuses("ready = “Ж”\n", 1, "U+0416");
	refuses("ready = \U0001f600\n", 1, "U+1F600");
	refuses("@accents no\n", 1, "unknown directive");
	refuses("@unaccented\n", 1, "@unaccented no");
	refuses("@unaccented maybe\n", 1, "@unaccented no");
	refuses("@unaccented no no\n", 1, "@unaccented no");
	refuses("ready = a\n@unaccented no\n", 2, "before the first text");
}

static void
test_long(void **state)
{
	char text[4096] = "ready = ";

	(void)state;
	for (int i = 0; i < 202; i++)
		strcat(text, "ế");
	refuses(text, 1, "4 segments with accents; at most 3");
	text[strlen(text) - strlen("ế")] = '\0';
	put("vi.txt", text);
	templates_free(must_load());
	/* Limits count the longest values. */
	assert_null(load(2));
	strcpy(text, "ready = ");
	for (int i = 0; i < 160 - 25 + 1; i++)
		strcat(text, "a");
	strcat(text, "{code}");
	put("vi.txt", text);
	assert_null(load(1));
	assert_non_null(strstr(faults.text, "2 segments; at most 1"));
	templates_free(must_load());
	memset(text + 8, 'a', 2000);
	text[2008] = '\0';
	refuses(text, 1, "more than 10 segments");
	memset(text + 8, 'a', 2041);
	text[2049] = '\0';
	refuses(text, 1, "longer than 2048");
}

static void
test_all_faults_in_one_run(void **state)
{
	(void)state;
	put("vi.txt", "redy = a\nready = {x}\nlate = c\n");
	put("en.txt", "late = [\n");
	put("H10.45/vi.txt", "late = ]\n");
	put("H99/vi.txt", "ready = a\n");
	assert_null(load(3));
	assert_int_equal(faults.n, 5);
}

static void
test_files(void **state)
{
	char file[128], *big;

	(void)state;
	assert_null(load(3));
	assert_int_equal(faults.n, 1);
	assert_non_null(strstr(faults.text, "no vi.txt"));
	put("vi.txt", "ready = a\n");
	put("README", "no template");
	put("vi.txt.dpkg-old", "nor this");
	put(".hidden.txt", "nor this");
	put("H10.45/vi.txt", "late = a\n");
	templates_free(must_load());
	put("H10/vi.txt", "late = a\n");
	assert_null(load(3));
	snprintf(file, sizeof(file), "%s/H10", dir);
	assert_string_equal(faults.file, file);
	assert_int_equal(faults.line, 0);
	/* Any id will do when the caller knows none. */
	templates_free(templates_load(dir, NULL, 3, on_fault, dir));
	assert_int_equal(faults.n, 1);
	snprintf(file, sizeof(file), "%s/H10/vi.txt", dir);
	assert_int_equal(unlink(file), 0);
	file[strlen(file) - 7] = '\0';
	assert_int_equal(rmdir(file), 0);
	put("Viet nam.txt", "late = a\n");
	assert_null(load(3));
	assert_non_null(strstr(faults.text, "no language"));
	snprintf(file, sizeof(file), "%s/Viet nam.txt", dir);
	assert_int_equal(unlink(file), 0);
	big = calloc(1, 300000);
	put_bytes("vi.txt", memset(big, '\n', 300000), 300000);
	free(big);
	assert_null(load(3));
	assert_non_null(strstr(faults.text, "too large"));
	strcat(dir, "/nothing");
	assert_null(load(3));
	assert_non_null(strstr(faults.text, "No such file"));
	*strrchr(dir, '/') = '\0';
}

/* NULL: off. */
static void
renders_with(const struct templates *set, const char *agency,
    const char *lang, enum situation situation, enum channel channel,
    bool accents, const struct template_values *values, const char *text)
{
	char *out = dir;
	enum template_verdict verdict = templates_render(set, agency, lang,
	    situation, channel, accents, values, &out);

	assert_int_equal(verdict, text != NULL ? TEMPLATE_OK : TEMPLATE_OFF);
	if (text == NULL)
		assert_null(out);
	else
		assert_string_equal(out, text);
	free(out);
}

#define RENDERS(agency, lang, situation, channel, text)                       \
	renders_with(set, agency, lang, SITUATION_##situation,                \
	    CHANNEL_##channel, true, &bombo, text)

static void
test_precedence(void **state)
{
	struct templates *set;

	(void)state;
	put("vi.txt", "ready = c\nready.postal = cp\nlate = cl\n"
	    "stopped.online = so\n");
	put("en.txt", "ready = ec\nreturned = er\n");
	put("H10.45/vi.txt", "ready = a\nready.online = ao\n"
	    "late.postal = alp\n");
	put("H10.45/en.txt", "late = eal\n");
	put("H10.46/km.txt", "ready = k\n");
	set = must_load();
	RENDERS("H10.45", "vi", READY, ONLINE, "ao");
	RENDERS("H10.45", "vi", READY, POSTAL, "a");
	RENDERS("H10.45", "vi", LATE, POSTAL, "alp");
	RENDERS("H10.45", "vi", LATE, DIRECT, "cl");
	RENDERS("H10.46", "vi", READY, POSTAL, "cp");
	RENDERS("H10.46", "vi", READY, ONLINE, "c");
	RENDERS(NULL, NULL, READY, DIRECT, "c");
	RENDERS("H10.45", "en", READY, ONLINE, "ec");
	RENDERS("H10.45", "en", LATE, POSTAL, "eal");
	RENDERS("H10.46", "en", LATE, DIRECT, "cl");
	RENDERS("H10.46", "km", READY, DIRECT, "k");
	RENDERS("H10.45", "km", READY, DIRECT, "a");
	RENDERS("H10.45", "fr", READY, DIRECT, "a");
	RENDERS("H10.45", "en", RETURNED, DIRECT, "er");
	RENDERS("H10.45", "vi", RETURNED, DIRECT, NULL);
	RENDERS("H10.45", "vi", STOPPED, ONLINE, "so");
	RENDERS("H10.45", "vi", STOPPED, DIRECT, NULL);
	assert_true(templates_has_language(set, "vi"));
	assert_true(templates_has_language(set, "km"));
	assert_false(templates_has_language(set, "fr"));
	assert_false(templates_has_language(set, ""));
	templates_free(set);
}

static void
test_off(void **state)
{
	struct templates *set;

	(void)state;
	put("vi.txt", "ready = c\nready.postal = cp\nprocessing off = p\n"
	    "registered off = r\nregistered.online = ro\n"
	    "late = l\nlate.postal off = lp\n");
	put("en.txt", "ready = ec\nprocessing = ep\nregistered = er\n"
	    "late off = el\n");
	put("H10.45/vi.txt", "ready off\nprocessing = ap\n");
	set = must_load();
	/* An agency switches off, also what is common for a channel. */
	RENDERS("H10.45", "vi", READY, DIRECT, NULL);
	RENDERS("H10.45", "vi", READY, POSTAL, NULL);
	RENDERS("H10.46", "vi", READY, POSTAL, "cp");
	/* And on. */
	RENDERS("H10.45", "vi", PROCESSING, DIRECT, "ap");
	RENDERS("H10.46", "vi", PROCESSING, DIRECT, NULL);
	RENDERS("H10.46", "vi", REGISTERED, DIRECT, NULL);
	RENDERS("H10.46", "vi", REGISTERED, ONLINE, "ro");
	RENDERS("H10.46", "vi", LATE, POSTAL, NULL);
	/* Vietnamese says what is off for all, others for themselves. */
	RENDERS("H10.45", "en", READY, DIRECT, NULL);
	RENDERS("H10.46", "en", READY, DIRECT, "ec");
	RENDERS("H10.45", "en", PROCESSING, DIRECT, "ep");
	RENDERS("H10.46", "en", PROCESSING, DIRECT, NULL);
	RENDERS("H10.46", "en", REGISTERED, ONLINE, "er");
	RENDERS("H10.46", "en", REGISTERED, DIRECT, NULL);
	RENDERS("H10.46", "en", LATE, DIRECT, NULL);
	templates_free(set);
}

static void
fills(const char *source, const struct template_values *values, bool accents,
    const char *text)
{
	struct templates *set;
	char file[512];

	snprintf(file, sizeof(file), "ready = %s\n", source);
	put("vi.txt", file);
	set = must_load();
	renders_with(set, NULL, NULL, SITUATION_READY, CHANNEL_DIRECT,
	    accents, values, text);
	templates_free(set);
}

static void
test_fill(void **state)
{
	static const struct template_values none;
	static const struct template_values odd = {
		.agency = "  UBND\txa\r\n Bom\x01 Bo ", .desk = " \t ",
		.code = "{due} [x] }}", .place = "e\u0302\u0301",
		.due = "\xff-\xc3", .date = "Ж",
	};

	(void)state;
	fills("{agency}: {code}, {place}", &bombo, true,
	    "UBND xã Bom Bo: H10.45-230515-0001, Một cửa xã Bom Bo");
	fills("{agency}: {code}, {place}", &bombo, false,
	    "UBND xa Bom Bo: H10.45-230515-0001, Mot cua xa Bom Bo");
	fills("{desk} {hotline} {due} {date} {fee} {parcel}", &bombo, false,
	    "Mot cua xa Bom Bo 02713000000 22/11/2026 20/11/2026 1.200.000 d "
	    "EE123456789VN");
	fills("a[ {due}]b[ {code} {fee}]c", &none, false, "abc");
	fills("a{due}b", &none, false, "ab");
	fills("[x {due} y {hotline}]z", &(struct template_values){
	    .due = "1"}, false, "z");
	fills("[x {due} y]z", &(struct template_values){.due = "1"}, false,
	    "x 1 yz");
	fills("{{{code}}} [[{code}]] [[[a {code}]b", &bombo, false,
	    "{H10.45-230515-0001} [H10.45-230515-0001] "
	    "[a H10.45-230515-0001b");
	/* Values are data: cleaned, and never read as placeholders. */
	fills("{agency}|{desk}|[ {desk}]{code}", &odd, false,
	    "UBND xa Bom Bo||{due} [x] }}");
	fills("{place}", &odd, true, "ế");
	fills("{place}", &odd, false, "e");
	fills("{due}", &odd, false, "\ufffd-\ufffd");
	/* Only the value is outside the alphabet: it goes as UCS-2. */
	fills("đ {date}", &odd, false, "d Ж");
	/* A mark in the value joins the letter before it. */
	fills("e{place}", &(struct template_values){.place = "\u0301"}, true,
	    "é");
}

static void
test_reading(void **state)
{
	struct templates *set;

	(void)state;
	put("vi.txt", "\xef\xbb\xbf# BOM\r\n\r\n \tready\t = \t\xc4\x91 = a b "
	    "\t\r\n\t# x\r\n  late.online  off=b\r\nstopped off = c");
	set = must_load();
	RENDERS(NULL, NULL, READY, DIRECT, "đ = a b");
	RENDERS(NULL, NULL, LATE, ONLINE, NULL);
	RENDERS(NULL, NULL, STOPPED, ONLINE, NULL);
	templates_free(set);
	/* Decomposed letters are composed. */
	put("vi.txt", "ready = e\xcc\x82\xcc\x81\n");
	set = must_load();
	RENDERS(NULL, NULL, READY, DIRECT, "ế");
	templates_free(set);
}

static void
test_no_unaccented_form(void **state)
{
	static const char khmer[] = "លទ្ធផល";
	char text[128];
	struct templates *set;

	(void)state;
	put("vi.txt", "ready = đã\n");
	snprintf(text, sizeof(text), "@unaccented no\nready = %s\n", khmer);
	put("km.txt", text);
	put("rad.txt", "@unaccented no\nready = \u010c e\u0306\n");
	/* The agency's file follows the common one. */
	snprintf(text, sizeof(text), "ready = %s 1\n", khmer);
	put("H10.45/km.txt", text);
	set = must_load();
	renders_with(set, NULL, "km", SITUATION_READY, CHANNEL_DIRECT, false,
	    &bombo, khmer);
	snprintf(text, sizeof(text), "%s 1", khmer);
	renders_with(set, "H10.45", "km", SITUATION_READY, CHANNEL_DIRECT,
	    false, &bombo, text);
	renders_with(set, NULL, "rad", SITUATION_READY, CHANNEL_DIRECT, false,
	    &bombo, "\u010c \u0115");
	renders_with(set, NULL, "fr", SITUATION_READY, CHANNEL_DIRECT, false,
	    &bombo, "da");
	templates_free(set);
	put("H10.45/km.txt", "@unaccented yes\nready = លទ្ធផល\n");
	assert_null(load(3));
}

static void
test_too_long_values(void **state)
{
	struct templates *set;
	struct template_values values = bombo;
	char place[512], *out;

	(void)state;
	put("vi.txt", "ready = ế {place}\n");
	set = must_load();
	/* Too long with accents only: goes without. */
	memset(place, 'a', 250);
	place[250] = '\0';
	values.place = place;
	assert_int_equal(templates_render(set, NULL, NULL, SITUATION_READY,
	    CHANNEL_DIRECT, true, &values, &out), TEMPLATE_OK);
	assert_memory_equal(out, "e aaa", 5);
	free(out);
	memset(place, 'a', 511);
	place[511] = '\0';
	assert_int_equal(templates_render(set, NULL, NULL, SITUATION_READY,
	    CHANNEL_DIRECT, true, &values, &out), TEMPLATE_TOO_LONG);
	assert_null(out);
	templates_free(set);
}

struct seen {
	unsigned n;
	char story[1024];
};

static void
collect(const struct template_row *row, void *arg)
{
	struct seen *seen = arg;
	size_t used = strlen(seen->story);

	seen->n++;
	snprintf(seen->story + used, sizeof(seen->story) - used,
	    "%s/%s %s:%d%s %s%s %s %u|", row->agency, row->lang,
	    row->situation, row->line, row->is_off ? " off" : "", row->sample,
	    row->accents ? " +" : "", coding_name(row->coding),
	    row->segments);
	assert_non_null(row->source);
	assert_non_null(row->file);
}

static void
test_each(void **state)
{
	struct seen seen = {0};
	struct templates *set;

	(void)state;
	put("vi.txt", "ready.postal off = ở {date}\nready = đ\n");
	put("en.txt", "ready.postal = e\n");
	put("km.txt", "@unaccented no\nready = ល\n");
	put("H10.45/vi.txt", "ready.online off\n");
	set = must_load();
	templates_each(set, collect, &seen);
	assert_string_equal(seen.story,
	    "/en ready.postal:1 off e gsm7 1|"
	    "/en ready.postal:1 off e + gsm7 1|"
	    "/km ready:2 ល + ucs2 1|"
	    "/vi ready:2 d gsm7 1|"
	    "/vi ready:2 đ + ucs2 1|"
	    "/vi ready.postal:1 off o 22/11/2026 gsm7 1|"
	    "/vi ready.postal:1 off ở 22/11/2026 + ucs2 1|"
	    "H10.45/vi ready.online:1 off  gsm7 0|");
	templates_free(set);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
		TEST(test_refusals),
		TEST(test_long),
		TEST(test_all_faults_in_one_run),
		TEST(test_files),
		TEST(test_precedence),
		TEST(test_off),
		TEST(test_fill),
		TEST(test_reading),
		TEST(test_no_unaccented_form),
		TEST(test_too_long_values),
		TEST(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
