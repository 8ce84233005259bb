/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Events of the stream: what is taken, how it is normalised, what is refused
 * and why, and which events are the same one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/keyhash.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "conf/reader.h"
#include "intake/event.h"

static const char settings[] =
    "gateway: { name = \"unit\"; };\n"
    "agencies: ( { id = \"H10\"; name = \"Tỉnh\"; },\n"
    "    { id = \"H10.45\"; name = \"Xã\"; },\n"
    "    { id = \"H10.45.1\"; name = \"Ấp\"; } );\n"
    "modems: ( { name = \"m\"; device = \"/dev/null\"; } );\n";

static struct {
	struct conf *conf;
	struct keyhash *keyhash;
	char key_file[64];
	struct event event;
	struct event_fault fault;
} w;

static void
on_fault(const char *text, void *arg)
{
	(void)arg;
	fail_msg("%s", text);
}

static int
set_up(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Ho_Chi_Minh", 1);
	w.conf = conf_load_string(settings, on_fault, NULL);
	snprintf(w.key_file, sizeof(w.key_file), "/tmp/baotin-key-%d",
	    (int)getpid());
	w.keyhash = keyhash_open(w.key_file);
	return w.conf == NULL || w.keyhash == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(w.key_file);
	keyhash_free(w.keyhash);
	conf_free(w.conf);
	return 0;
}

/* Pairs of name and value, ended by NULL. */
static int
parse(const char *name, ...)
{
	json_t *flat = json_array();
	va_list ap;
	int status;

	va_start(ap, name);
	for (; name != NULL; name = va_arg(ap, const char *))
		json_array_append_new(flat, json_string(name));
	va_end(ap);
	status = event_parse(flat, 1700000000000, w.conf, w.keyhash, &w.event,
	    &w.fault);
	json_decref(flat);
	return status;
}

#define TAKES(...) assert_int_equal(parse(__VA_ARGS__, NULL), 0)
#define REFUSES(field_name, word, ...)                                        \
	do {                                                                  \
		assert_int_equal(parse(__VA_ARGS__, NULL), -1);               \
		assert_string_equal(w.fault.field, field_name);               \
		assert_string_equal(w.fault.error, word);                     \
	} while (0)
#define CORE "dossier", "H10.45-230515-0001", "status", "9"

static void
test_normalises(void **state)
{
	(void)state;
	TAKES("dossier", " h10.45-230515-0001 ", "status", "ready", "phone",
	    "0912.345.678", "channel", "postal", "at", "2023-11-14T22:13:20Z",
	    "collect_at", "Mô\xcc\xa3t cửa", "fee", "0120000");
	assert_string_equal(w.event.change.dossier, "H10.45-230515-0001");
	assert_int_equal(w.event.change.situation, SITUATION_READY);
	assert_int_equal(w.event.change.channel, CHANNEL_POSTAL);
	assert_string_equal(w.event.change.phone, "+84912345678");
	assert_int_equal(w.event.change.at, 1700000000000);
	assert_string_equal(w.event.change.collect_at, "Một cửa");
	assert_string_equal(w.event.change.fee, "120000");
	assert_string_equal(w.event.change.agency, "H10.45");
	assert_int_equal(w.event.change.accents, -1);
	assert_true(w.event.notify);
	event_clear(&w.event);
	TAKES(CORE);
	assert_int_equal(w.event.change.at, 1700000000000);
	assert_string_equal(w.event.change.phone, "");
	event_clear(&w.event);
	TAKES(CORE, "phone", "  ", "colour", "blue");
	assert_string_equal(w.event.change.phone, "");
	event_clear(&w.event);
}

/* The files of texts have names in small letters. */
static void
test_issue9_6_language_in_capitals(void **state)
{
	char *key;

	(void)state;
	TAKES(CORE, "lang", "en");
	key = xstrdup(w.event.key);
	event_clear(&w.event);
	TAKES(CORE, "lang", "EN");
	assert_string_equal(w.event.change.lang, "en");
	assert_string_equal(w.event.key, key);
	event_clear(&w.event);
	free(key);
}

static void
test_agencies_match_at_separators(void **state)
{
	static const struct {
		const char *code, *agency;
	} rows[] = {
		{"H10.45-230515-0001", "H10.45"},
		{"H10.45.1-230515-0001", "H10.45.1"},
		{"H10.45.12-230515-0001", "H10.45"},
		{"H10.451-230515-0001", "H10"},
		{"H10", "H10"},
		{"H101-230515-0001", NULL},
		{"X-H10-1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].agency == NULL) {
			REFUSES("agency", "no_agency", "dossier",
			    rows[i].code, "status", "9");
			continue;
		}
		TAKES("dossier", rows[i].code, "status", "9");
		assert_string_equal(w.event.change.agency, rows[i].agency);
		event_clear(&w.event);
	}
	TAKES("dossier", "X1", "status", "9", "agency", "H10");
	event_clear(&w.event);
}

static void
test_refuses(void **state)
{
	char text[32];

	(void)state;
	REFUSES("dossier", "missing", "status", "9");
	REFUSES("status", "missing", "dossier", "H10.45-1");
	REFUSES("status", "status_unknown", "dossier", "H10-1", "status",
	    "0");
	REFUSES("status", "twice", CORE, "status", "8");
	REFUSES("phone", "phone_fixed", CORE, "phone", "02713000000");
	REFUSES("id4", "not_4_digits", CORE, "id4", "123");
	REFUSES("fee", "not_an_amount", CORE, "fee", "-5");
	REFUSES("fee", "not_an_amount", CORE, "fee", "5.000");
	REFUSES("json", "json_and_fields", CORE, "json", "{}");
	snprintf(text, sizeof(text), "%lld",
	    (long long)clock_wall_ms() + 11 * 60 * 1000);
	REFUSES("at", "at_future", CORE, "at", text);
	snprintf(text, sizeof(text), "%lld",
	    (long long)clock_wall_ms() + 9 * 60 * 1000);
	TAKES(CORE, "at", text);
	event_clear(&w.event);
}

/* Which two events have one key. */
static void
test_keys(void **state)
{
	char *first;

	(void)state;
	TAKES(CORE, "phone", "0912345678");
	first = strdup(w.event.key);
	assert_int_equal(w.event.key_ttl_ms, w.conf->intake.dedup_ms);
	event_clear(&w.event);
	TAKES("status", "ready", "phone", "+84 912 345 678", "dossier",
	    "h10.45-230515-0001");
	assert_string_equal(w.event.key, first);
	event_clear(&w.event);
	TAKES("json", "{\"dossier\":\"H10.45-230515-0001\",\"status\":9,"
	    "\"phone\":\"84912345678\"}");
	assert_string_equal(w.event.key, first);
	event_clear(&w.event);
	TAKES(CORE, "phone", "0912345679");
	assert_string_not_equal(w.event.key, first);
	event_clear(&w.event);
	TAKES(CORE, "phone", "0912345678", "at", "2023-11-14");
	assert_string_not_equal(w.event.key, first);
	assert_int_equal(w.event.key_ttl_ms, INT64_C(30) * 86400 * 1000);
	event_clear(&w.event);
	TAKES(CORE, "event", "k1");
	free(first);
	first = strdup(w.event.key);
	event_clear(&w.event);
	TAKES(CORE, "phone", "0912345678", "event", "k1");
	assert_string_equal(w.event.key, first);
	event_clear(&w.event);
	/* 9.6: the key belongs to the dossier. */
	TAKES("dossier", "H10.45-2", "status", "2", "event", "k1");
	assert_string_not_equal(w.event.key, first);
	event_clear(&w.event);
	free(first);
}

static void
test_id_digits_stay_hidden(void **state)
{
	json_t *flat = json_pack("[ssssss]", "dossier", "X", "status", "?",
	    "id4", "1234");
	char *hash = event_hide_id4(flat, w.keyhash), *text;

	(void)state;
	assert_non_null(hash);
	assert_null(strstr(hash, "1234"));
	free(hash);
	json_decref(flat);
	flat = json_pack("[ss]", "json", "{\"id4\":\"1234\",\"status\":9}");
	text = event_hide_json(flat);
	assert_string_equal(text, "{\"id4\":\"-\",\"status\":9}");
	free(text);
	json_decref(flat);
	flat = json_pack("[ss]", "json", "{\"id4\":\"1234\",");
	text = event_hide_json(flat);
	assert_string_equal(text, "-");
	free(text);
	json_decref(flat);
	TAKES(CORE, "id4", "1234");
	assert_null(strstr(w.event.change.id4_hash, "1234"));
	event_clear(&w.event);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalises),
		cmocka_unit_test(test_issue9_6_language_in_capitals),
		cmocka_unit_test(test_agencies_match_at_separators),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_id_digits_stay_hidden),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
