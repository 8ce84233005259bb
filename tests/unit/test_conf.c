/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Configuration: every fault word by word, every default, and that what is
 * printed reads back to the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "conf/options.h"
#include "conf/reader.h"
#include "conf/value.h"
#include "conf_faults.h"
#include "conf_hints.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char *dir;

static int
make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	dir = xasprintf("%s/test_conf.XXXXXX", tmp != NULL ? tmp : "/tmp");
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)rmdir(dir);
	free(dir);
	return 0;
}

/* Writes a file of the test's folder; the caller frees its name. */
static char *
write_file(const char *name, const char *text, size_t n, mode_t mode)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void
drop_file(char *path)
{
	(void)unlink(path);
	free(path);
}

/* Faults as lines of one text. */
static void
collect(const char *text, void *arg)
{
	char **all = arg, *more = xasprintf("%s%s\n", *all, text);

	free(*all);
	*all = more;
}

static struct conf *
load_clean(const char *text)
{
	char *faults = xstrdup("");
	struct conf *conf = conf_load_string(text, collect, &faults);

	assert_string_equal(faults, "");
	assert_non_null(conf);
	free(faults);
	return conf;
}

static void
test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		char *faults = xstrdup("");
		struct conf *conf = conf_load_string(fault_cases[i].text,
		    collect, &faults);

		if (strcmp(faults, fault_cases[i].faults) != 0)
			print_message("case %zu: %s\n", i,
			    fault_cases[i].text);
		assert_string_equal(faults, fault_cases[i].faults);
		assert_null(conf);
		free(faults);
	}
}

/* 10.14: each mistake is told with its line and what to write. */
static void
issue10_14_hints(void **state)
{
	unsigned bad = 0;

	(void)state;
	assert_true(COUNT(hint_cases) >= 80);
	for (size_t i = 0; i < COUNT(hint_cases); i++) {
		const struct hint_case *c = &hint_cases[i];
		char *faults = xstrdup(""), line[32], *found;
		struct conf *conf = conf_load_string(c->text, collect,
		    &faults);

		(void)snprintf(line, sizeof(line), "text:%d: ", c->line);
		found = strstr(faults, line);
		if (conf != NULL || found == NULL ||
		    strstr(found, c->part) == NULL) {
			print_message("# case %zu: %s# wants %s … %s\n# has "
			    "%s\n", i, c->text, line, c->part, faults);
			bad++;
		}
		conf_free(conf);
		free(faults);
	}
	assert_int_equal(bad, 0);
}

/* 10.14: the last line may have no end, whatever stands there. */
static void
issue10_14_last_line_without_end(void **state)
{
	static const char *const ends[] = {"", " ", "# done", "#", "// done",
	    "//", "/* done */"};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		char *text = xasprintf("modems: ( { name = \"m\"; device = "
		    "\"/dev/m\"; } );%s", ends[i]), *faults = xstrdup("");
		struct conf *conf = conf_load_string(text, collect, &faults);

		assert_string_equal(faults, "");
		assert_non_null(conf);
		conf_free(conf);
		free(faults);
		free(text);
	}
}

static void
expect_file_fault(const char *path, const char *format)
{
	char *faults = xstrdup(""), want[1024];

	(void)snprintf(want, sizeof(want), "%s%s\n", path, format);
	assert_null(conf_load(path, collect, NULL, &faults));
	assert_string_equal(faults, want);
	free(faults);
}

static void
test_files(void **state)
{
	static const char syntax[] = "\n\nlog: { level = };\n";
	char *path = xasprintf("%s/none.conf", dir);

	(void)state;
	expect_file_fault(path, ": can't be read: No such file or directory");
	free(path);
	expect_file_fault(dir, ": can't be read: not a file but a folder");
	path = write_file("s.conf", syntax, strlen(syntax), 0600);
	expect_file_fault(path, ":3: syntax error: nothing stands behind "
	    "\"level\": write level = value;");
	drop_file(path);
}

static void
test_include(void **state)
{
	static const char top[] = "@include \"modems.conf\"\n"
	    "log: { level = \"debug\"; };\n";
	static const char wrong[] = "\nmodems: ( { name = \"m\";\n"
	    "device = \"m\"; } );\n";
	static const char lost[] = "\n@include \"lost.conf\"\n";
	char *inner = write_file("modems.conf", MODEM, strlen(MODEM), 0600);
	char *outer = write_file("top.conf", top, strlen(top), 0600);
	char *faults = xstrdup(""), *want;
	struct conf *conf = conf_load(outer, collect, NULL, &faults);

	(void)state;
	assert_string_equal(faults, "");
	assert_non_null(conf);
	assert_string_equal(conf->modems[0].device, "/dev/m");
	assert_string_equal(conf->log.level, "debug");
	conf_free(conf);
	free(inner);
	inner = write_file("modems.conf", wrong, strlen(wrong), 0600);
	assert_null(conf_load(outer, collect, NULL, &faults));
	assert_memory_equal(faults, inner, strlen(inner));
	assert_string_equal(faults + strlen(inner), ":3: key modems[0].device"
	    ": \"m\" is not an absolute path such as \"/dev/ttyUSB2\", a "
	    "pattern such as \"/dev/ttyUSB*\", or \"auto\"\n");
	drop_file(inner);
	drop_file(outer);
	outer = write_file("lost-top.conf", lost, strlen(lost), 0600);
	want = xasprintf(":2: @include \"%s/lost.conf\" can't be read: No "
	    "such file or directory", dir);
	expect_file_fault(outer, want);
	free(want);
	drop_file(outer);
	free(faults);
}

static void
test_defaults(void **state)
{
	struct conf *c = load_clean("gateway: { name = \"g\"; };" MODEM);
	const struct conf_modem *m = &c->modems[0];

	(void)state;
	assert_string_equal(c->gateway.name, "g");
	assert_string_equal(c->gateway.state_dir, "/var/lib/baotin");
	assert_string_equal(c->gateway.timezone, "Asia/Ho_Chi_Minh");
	assert_string_equal(c->gateway.country_code, "84");
	assert_string_equal(c->gateway.default_agency, "");
	assert_string_equal(c->redis.address,
	    "unix:/run/redis/redis-server.sock");
	assert_string_equal(c->redis.prefix, "baotin");
	assert_null(c->redis.sentinels[0]);
	assert_int_equal(c->redis.database, 0);
	assert_string_equal(c->intake.stream, "baotin:events");
	assert_false(c->intake.keep_events);
	assert_int_equal(c->intake.dedup_ms, 86400000);
	assert_string_equal(c->notices.templates, "/etc/baotin/templates");
	assert_int_equal(c->notices.window_from, 420);
	assert_int_equal(c->notices.window_to, 1260);
	assert_int_equal(c->notices.per_phone_per_day, 6);
	assert_int_equal(c->notices.validity_ms, 172800000);
	assert_int_equal(c->notices.max_age_ms, 86400000);
	assert_int_equal(c->notices.remind_after_ms, 0);
	assert_int_equal(c->notices.max_segments, 3);
	assert_int_equal(c->notices.flood_factor, 10);
	assert_null(c->notices.only_to[0]);
	assert_int_equal(c->retry.n_delays, 4);
	assert_int_equal(c->retry.delays_ms[3], 3600000);
	assert_int_equal(c->retry.n_errors, 0);
	assert_int_equal(c->retry.jitter, 20);
	assert_false(c->retry.hold_unknown);
	assert_int_equal(c->retry.unknown_wait_ms, 120000);
	assert_int_equal(c->retry.send_timeout_ms, 150000);
	assert_int_equal(c->retry.lease_ms, 300000);
	assert_true(c->privacy.retention_ms == INT64_C(2592000000));
	assert_string_equal(c->privacy.key_file,
	    "/var/lib/baotin/privacy.key");
	assert_true(c->lookup.enabled);
	assert_int_equal(c->lookup.ten_minutes, 5);
	assert_int_equal(c->lookup.day, 20);
	assert_string_equal(c->ussd.listen, "");
	assert_string_equal(c->ussd.allow[0], "127.0.0.1/8");
	assert_string_equal(c->admin.socket, "/run/baotin/control.sock");
	assert_string_equal(c->admin.http, "127.0.0.1:9477");
	assert_string_equal(c->log.target, "stderr");
	assert_int_equal(c->n_agencies, 0);
	assert_int_equal(c->n_modems, 1);
	assert_string_equal(m->connection, "dku2at");
	assert_int_equal(m->pace_ms, 20);
	assert_int_equal(m->limits.minute, 10);
	assert_int_equal(m->limits.month, 5000);
	assert_string_equal(m->balance.pattern, "TK goc: ([0-9.,]+)");
	assert_true(m->status_reports && m->missed_calls);
	assert_int_equal(c->n_pools, 1);
	assert_string_equal(c->pools[0].name, "default");
	assert_true(conf_pool_has(&c->pools[0], "m"));
	assert_false(conf_pool_has(&c->pools[0], "n"));
	conf_free(c);
	c = load_clean(MODEM);
	assert_string_not_equal(c->gateway.name, "");
	conf_free(c);
}

/* A value other than the default for nearly every key. */
static const char full[] =
    "gateway: { name = \"g-1\"; state_dir = \"/s\"; timezone = \"UTC\";\n"
    " default_agency = \"H2\"; };\n"
    "redis: { sentinels = (\"a:1\", \"[::1]:2\"); master = \"mm\";\n"
    " username = \"u\"; password_file = \"/pw\"; database = 3;\n"
    " prefix = \"bt\"; };\n"
    "intake: { list = \"bt:list\"; keep_events = true; dedup = 7200; };\n"
    "agencies: ( { id = \"H1\"; name = \"UBND \\\"xã\\\" A\\\\B\"; },\n"
    " { id = \"H2\"; name = \"B\"; pool = \"p2\"; accents = true;\n"
    " language = \"en\"; } );\n"
    "notices: { window = \"00:00-24:00\"; validity = \"90s\";\n"
    " remind_after = \"7d\"; only_to = [\"0912 345 678\"]; };\n"
    "retry: { delays = (1, \"2m\"); on_unknown = \"hold\";\n"
    " unknown_wait = 5; send_timeout = \"3s\"; lease = 4;\n"
    " errors = ( { code = 38; class = \"permanent\"; },\n"
    " { class = \"later\"; code = -1; } ); };\n"
    "privacy: { key_file = \"/k\"; };\n"
    "pools: ( { name = \"p1\"; modems = [\"a\"]; },\n"
    " { name = \"p2\"; modems = (\"b\", \"a\"); } );\n"
    "modems: ( { name = \"a\"; device = \"/dev/a\"; pace_ms = 0;\n"
    " prefer = [\"032\"]; limits: { day = 0; };\n"
    " balance: { every = 0; low = 5000; }; },\n"
    " { name = \"b\"; device = \"/dev/b\"; imei = \"123456789012345\";\n"
    " smsc = \"+84980200030\"; missed_calls = false; } );\n"
    "lookup: { enabled = false; limits: { day = 9; }; };\n"
    "ussd: { http: { listen = \"[::]:80\"; token_files = [\"/t\"];\n"
    " allow = [\"10.0.0.0/8\", \"::1\"]; }; };\n"
    "alarms: { notify = [\"841234567\"]; };\n"
    "admin: { http = \"\"; };\n"
    "log: { target = \"syslog\"; };\n";

static void
assert_group_equal(const struct section *section, const void *a,
    const void *b)
{
	for (size_t i = 0; i < section->n_options; i++) {
		const struct option *option = &section->options[i];

		if (!value_equal(option, value_field_const(option, a),
		    value_field_const(option, b)))
			fail_msg("%s.%s differs", section->name, option->key);
	}
}

static void
assert_conf_equal(const struct conf *a, const struct conf *b)
{
	size_t n;
	const struct section *sections = option_sections(&n);

	for (size_t i = 0; i < n; i++)
		if (!sections[i].is_list)
			assert_group_equal(&sections[i], a, b);
	assert_int_equal(a->n_agencies, b->n_agencies);
	assert_int_equal(a->n_pools, b->n_pools);
	assert_int_equal(a->n_modems, b->n_modems);
	for (size_t i = 0; i < a->n_agencies; i++)
		assert_group_equal(option_section_find("agencies"),
		    &a->agencies[i], &b->agencies[i]);
	for (size_t i = 0; i < a->n_pools; i++)
		assert_group_equal(option_section_find("pools"),
		    &a->pools[i], &b->pools[i]);
	for (size_t i = 0; i < a->n_modems; i++)
		assert_group_equal(option_section_find("modems"),
		    &a->modems[i], &b->modems[i]);
}

static char *
printed(const struct conf *conf)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	conf_print(conf, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
test_print(void **state)
{
	static const char *const texts[] = {full, MODEM};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct conf *a = load_clean(texts[i]), *b;
		char *text = printed(a), *again;

		b = load_clean(text);
		assert_conf_equal(a, b);
		again = printed(b);
		assert_string_equal(text, again);
		free(again);
		free(text);
		conf_free(a);
		conf_free(b);
	}
}

static void
test_values(void **state)
{
	struct conf *c = load_clean(full);

	(void)state;
	assert_string_equal(c->redis.address, "");
	assert_string_equal(c->redis.sentinels[1], "[::1]:2");
	assert_string_equal(c->intake.stream, "bt:events");
	assert_int_equal(c->intake.dedup_ms, 7200000);
	assert_string_equal(c->agencies[0].name, "UBND \"xã\" A\\B");
	assert_int_equal(c->notices.window_from, 0);
	assert_int_equal(c->notices.window_to, 1440);
	assert_string_equal(c->notices.only_to[0], "+84912345678");
	assert_string_equal(c->alarms.notify[0], "+84841234567");
	assert_int_equal(c->retry.n_delays, 2);
	assert_int_equal(c->retry.delays_ms[0], 1000);
	assert_int_equal(c->retry.delays_ms[1], 120000);
	assert_true(c->retry.hold_unknown);
	assert_int_equal(c->retry.n_errors, 2);
	assert_int_equal(c->retry.errors[0].code, 38);
	assert_string_equal(c->retry.errors[0].class, "permanent");
	assert_int_equal(c->retry.errors[1].code, -1);
	assert_string_equal(c->retry.errors[1].class, "later");
	assert_int_equal(c->modems[0].limits.day, 0);
	assert_int_equal(c->modems[0].limits.hour, 200);
	assert_int_equal(c->modems[0].balance.low, 5000);
	assert_string_equal(c->privacy.key_file, "/k");
	assert_ptr_equal(conf_agency_find(c, "H2"), &c->agencies[1]);
	assert_null(conf_agency_find(c, "H"));
	assert_ptr_equal(conf_modem_find(c, "b"), &c->modems[1]);
	assert_null(conf_modem_find(c, "c"));
	assert_ptr_equal(conf_agency_pool(c, &c->agencies[0]), &c->pools[0]);
	assert_ptr_equal(conf_agency_pool(c, &c->agencies[1]), &c->pools[1]);
	conf_free(c);
}

static bool
modem_equal(const char *keys)
{
	char *text = xasprintf("modems: ( { name = \"m\"; device = "
	    "\"/dev/m\"; %s } );", keys);
	struct conf *a = load_clean(MODEM), *b = load_clean(text);
	bool equal = conf_modem_equal(&a->modems[0], &b->modems[0]);

	conf_free(a);
	conf_free(b);
	free(text);
	return equal;
}

static void
test_modem_equal(void **state)
{
	(void)state;
	assert_true(modem_equal(""));
	assert_true(modem_equal("limits: { day = 1; }; prefer = [\"09\"];"));
	assert_false(modem_equal("pace_ms = 21;"));
	assert_false(modem_equal("status_reports = false;"));
	assert_false(modem_equal("pin_file = \"/pin\";"));
}

/* Reads a file whole; the caller frees. */
static char *
read_whole(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_true(getdelim(&text, &size, '\0', f) > 0);
	(void)fclose(f);
	return text;
}

static char *
example_made(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	conf_print_example(f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
test_example_is_current(void **state)
{
	const char *top = getenv("top_srcdir");
	char *path = xasprintf("%s/conf/baotin.conf.example",
	    top != NULL ? top : ".");
	char *kept = read_whole(path), *made = example_made();

	(void)state;
	if (strcmp(kept, made) != 0)
		fail_msg("conf/baotin.conf.example is not what the table "
		    "says; run: make example");
	free(made);
	free(kept);
	free(path);
}

/* The example as it is, and with every default that stands in a comment
 * brought to life: the same configuration. */
static void
test_example_loads(void **state)
{
	char *text = example_made();
	struct conf *a = load_clean(text), *b;

	(void)state;
	for (char *p = strchr(text, '#'); p != NULL; p = strchr(p, '#'))
		if (p > text && p[-1] == '\t' && p[1] != ' ')
			*p = ' ';
		else
			p += strcspn(p, "\n");
	b = load_clean(text);
	assert_conf_equal(a, b);
	assert_string_equal(a->agencies[0].id, "H10.45");
	conf_free(a);
	conf_free(b);
	free(text);
}

static int
read_secret_of(const char *text, size_t n, mode_t mode, char *out,
    size_t size)
{
	char *path = write_file("secret", text, n, mode);
	int rc = conf_read_secret(path, out, size);

	drop_file(path);
	return rc;
}

static void
test_secret(void **state)
{
	char out[9];

	(void)state;
	assert_int_equal(read_secret_of("1234\nrest\n", 10, 0600, out, 9), 0);
	assert_string_equal(out, "1234");
	assert_int_equal(read_secret_of("12345678", 8, 0644, out, 9), 0);
	assert_string_equal(out, "12345678");
	assert_int_equal(read_secret_of("1234\r\n", 6, 0600, out, 9), 0);
	assert_string_equal(out, "1234");
	assert_int_equal(read_secret_of("123456789", 9, 0600, out, 9), -1);
	assert_int_equal(read_secret_of("\n1234", 5, 0600, out, 9), -1);
	assert_int_equal(read_secret_of("", 0, 0600, out, 9), -1);
	assert_int_equal(read_secret_of("1\0002\n", 4, 0600, out, 9), -1);
	assert_int_equal(conf_read_secret(dir, out, 9), -1);
	assert_int_equal(conf_read_secret("/nonexistent", out, 9), -1);
}

/* libconfig 1.5 forgets its buffer when a text ends inside a string. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\n";
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(issue10_14_hints),
		cmocka_unit_test(issue10_14_last_line_without_end),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_modem_equal),
		cmocka_unit_test(test_example_is_current),
		cmocka_unit_test(test_example_loads),
		cmocka_unit_test(test_secret),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
