/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The status page from made-up snapshots, and metrics with labels.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "admin/exposition.h"
#include "admin/page.h"
#include "admin/plot.h"
#include "base/series.h"

static json_t *
snapshot(const char *state, const char *why, const char *text)
{
	return json_pack("{s:I, s:b, s:s, s:{s:s, s:s, s:{s:s, s:s},"
	    " s:{s:i, s:i}}, s:[{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i}],"
	    " s:[{s:s, s:s, s:s, s:s, s:I}]}",
	    "at", (json_int_t)1684137600000, "sending", *why == '\0',
	    "why", why,
	    "status", "name", text, "version", "1", "redis", "state", "up",
	    "trouble", "", "modems", "ready", 1, "down", 0,
	    "modems", "name", "m1", "state", state, "operator", text,
	    "trouble", text, "dbm", -71, "sent", 3, "refused", 0, "unknown",
	    0, "alarms", "alarm", "refusals", "level", "critical", "about",
	    text, "text", text, "raised_at", (json_int_t)1684137600000);
}

static void
test_escapes(void **state)
{
	json_t *object = snapshot("ready", "", "<script>\"&");
	char *page = page_write(object, "en");

	(void)state;
	assert_null(strstr(page, "<script>\""));
	assert_non_null(strstr(page, "&lt;script&gt;&quot;&amp;"));
	free(page);
	json_decref(object);
}

static void
test_verdict(void **state)
{
	json_t *object = snapshot("down", "modems", "x");
	char *page = page_write(object, "en");

	(void)state;
	assert_non_null(strstr(page, "Not sending"));
	assert_non_null(strstr(page, "No modem can send"));
	assert_non_null(strstr(page, "-71 dBm"));
	free(page);
	page = page_write(object, "vi");
	assert_non_null(strstr(page, "Không modem nào gửi được"));
	free(page);
	json_decref(object);
}

/* A snapshot without anything in it, as while the daemon starts. */
static void
test_empty(void **state)
{
	json_t *object = json_object();
	enum health health;
	char *text;

	(void)state;
	text = page_write(object, "vi");
	assert_non_null(strstr(text, "</html>"));
	free(text);
	text = exposition_health(object, &health);
	assert_int_equal(health, HEALTH_FAIL);
	free(text);
	free(exposition_metrics(object));
	json_decref(object);
}

/* 12.10: the words for a modem come from ipc/health.def, in both languages;
 * what tells a device or a number apart stays inside. */
static void
test_issue12_10_sentences(void **state)
{
	json_t *object = snapshot("locked", "modems", "x"), *modem;
	char *page;

	(void)state;
	modem = json_array_get(json_object_get(object, "modems"), 0);
	json_object_set_new(modem, "reason", json_string("puk"));
	page = page_write(object, "vi");
	assert_non_null(strstr(page, "SIM bị khoá, đòi mã PUK"));
	assert_non_null(strstr(page, "Cần làm:"));
	assert_non_null(strstr(page, "verdict bad"));
	free(page);
	page = page_write(object, "en");
	assert_non_null(strstr(page, "PUK"));
	assert_non_null(strstr(page, "What to do:"));
	free(page);
	json_decref(object);
}

static void
set_why(json_t *object, const char *why, const char *gate)
{
	json_object_set_new(object, "why", json_string(why));
	json_object_set_new(json_object_get(object, "status"), "gate",
	    json_string(gate));
}

/* Each word of look_judge() has its own verdict. */
static void
test_issue12_10_verdicts(void **state)
{
	static const struct {
		const char *why, *gate, *class, *text;
	} rows[] = {
		{"", "open", "good", "Sending"},
		{"redis", "shut", "bad", "holds the queue"},
		{"gate", "telling", "weak", "takes seconds"},
		{"gate", "key_changed", "bad", "baotinctl key accept"},
		{"gate", "others", "bad", "baotinctl gateway forget"},
		{"no_modem", "open", "bad", "no modem in the configuration"},
		{"modems", "open", "bad", "No modem can send"},
		{"hold", "open", "wait", "baotinctl release"},
		{"window", "open", "wait", "Outside the hours"},
	};
	char class[64], *page;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *object = snapshot("ready", "", "");

		json_object_del(object, "alarms");
		set_why(object, rows[i].why, rows[i].gate);
		page = page_write(object, "en");
		(void)snprintf(class, sizeof(class), "verdict %s\"",
		    rows[i].class);
		assert_non_null(strstr(page, class));
		assert_non_null(strstr(page, rows[i].text));
		free(page);
		json_decref(object);
	}
}

/* The view of another gateway may be anything. */
static void
test_issue12_10_odd_gateways(void **state)
{
	static const char *const odd[] = {"{}", "{\"modems\": 7, \"at\": []}",
	    "{\"name\": 3, \"modems\": [1, null, [], {\"quotas\": 1,"
	    " \"lacks\": [{}], \"state\": {}, \"dbm\": \"x\"}]}",
	    "{\"modems\": [{\"name\": \"<b>\", \"state\": \"<i>\","
	    " \"trouble\": \"\\\"><script>\"}]}"};
	char *page;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		json_t *object = snapshot("ready", "", "x");

		json_object_set_new(object, "gateways", json_pack("[o]",
		    json_loads(odd[i], 0, NULL)));
		page = page_write(object, "vi");
		assert_non_null(strstr(page, "</html>"));
		assert_null(strstr(page, "<b><"));
		assert_null(strstr(page, "><script>"));
		free(page);
		json_decref(object);
	}
}

/* 144 points, the newest last; what is no number, or of another day, is not
 * there. */
static void
test_issue12_10_plots(void **state)
{
	json_t *wanted = json_pack("[[s,s],[s,s]]", "g", "", "g", "m");
	json_t *reply = json_pack("[I,[s,s],[s,s,s,s,s,s,s,s]]",
	    (json_int_t)1000 * 600000, "1000", "5", "1000", "-71 3 1 2",
	    "999", "0 4 0 4", "856", "-60 9 9 9", "x", "y");
	json_t *plots = plots_read(wanted, reply);
	json_t *m = json_object_get(json_object_get(plots, "g"), "m");
	json_t *queue = json_object_get(json_object_get(plots, "g"), "");

	(void)state;
	assert_int_equal(json_array_size(json_object_get(m, "sent")), 144);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(m,
	    "sent"), 143)), 3);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(m,
	    "dbm"), 143)), -71);
	assert_true(json_is_null(json_array_get(json_object_get(m, "dbm"),
	    142)));
	assert_int_equal(json_integer_value(json_array_get(json_object_get(m,
	    "sent"), 142)), 4);
	assert_true(json_is_null(json_array_get(json_object_get(m, "sent"),
	    0)));
	assert_int_equal(json_integer_value(json_array_get(json_object_get(
	    queue, "waiting"), 143)), 5);
	json_decref(plots);
	json_decref(reply);
	json_decref(wanted);
}

/* 12.9: what is known of a SIM and a modem, and what is not. */
static void
test_issue12_9_modem_numbers(void **state)
{
	json_t *object = snapshot("ready", "", "x"), *modem;
	char *text;

	(void)state;
	modem = json_array_get(json_object_get(object, "modems"), 0);
	text = exposition_metrics(object);
	assert_null(strstr(text, "baotin_sim_balance{"));
	assert_non_null(strstr(text, "baotin_modem_lacks{modem=\"m1\","
	    "what=\"reports\"} 0\n"));
	free(text);
	json_object_set_new(modem, "balance", json_integer(0));
	json_object_set_new(modem, "lacks", json_pack("[s]", "reports"));
	json_object_set_new(modem, "quotas", json_pack("[{s:s, s:n, s:i}]",
	    "period", "day", "used", "limit", 9));
	text = exposition_metrics(object);
	assert_non_null(strstr(text, "baotin_sim_balance{modem=\"m1\"} 0\n"));
	assert_non_null(strstr(text, "what=\"reports\"} 1\n"));
	assert_non_null(strstr(text, "what=\"calls\"} 0\n"));
	assert_non_null(strstr(text, "baotin_sim_quota_limit_segments{"
	    "modem=\"m1\",period=\"day\"} 9\n"));
	assert_null(strstr(text, "baotin_sim_quota_used_segments{"));
	free(text);
	json_decref(object);
}

static char *
written(void)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	series_write(to);
	(void)fclose(to);
	return text;
}

static void
test_series(void **state)
{
	char *text;

	(void)state;
	series_reset();
	series_add(SERIES_MODEM_ERRORS, 2, "a\"b\\c\n", "cms", "38");
	histogram_observe(HISTOGRAM_SEND_SECONDS, 0.2, "m");
	histogram_observe(HISTOGRAM_SEND_SECONDS, 1000, "m");
	histogram_observe(HISTOGRAM_SEND_SECONDS, -1, "n");
	text = written();
	assert_non_null(strstr(text, "baotin_modem_errors_total{modem="
	    "\"a\\\"b\\\\c\\n\",family=\"cms\",code=\"38\"} 2\n"));
	assert_non_null(strstr(text, "_bucket{modem=\"m\",le=\"0.1\"} 0\n"));
	assert_non_null(strstr(text, "_bucket{modem=\"m\",le=\"0.25\"} 1\n"));
	assert_non_null(strstr(text, "_bucket{modem=\"m\",le=\"150\"} 1\n"));
	assert_non_null(strstr(text, "_bucket{modem=\"m\",le=\"+Inf\"} 2\n"));
	assert_non_null(strstr(text, "_sum{modem=\"m\"} 1000.2\n"));
	assert_non_null(strstr(text, "_count{modem=\"n\"} 0\n"));
	free(text);
}

/* A storm of new labels ends in one. */
static void
test_series_bound(void **state)
{
	char name[16], *text, *at;
	size_t lines = 0;

	(void)state;
	series_reset();
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "e%d", i);
		series_add(SERIES_MODEM_ERRORS, 1, "m", "word", name);
	}
	text = written();
	for (at = text; (at = strstr(at, "baotin_modem_errors_total{")) !=
	    NULL; at++)
		lines++;
	assert_int_equal(lines, 1001);
	assert_non_null(strstr(text, "{modem=\"other\",family=\"other\","
	    "code=\"other\"} 4000\n"));
	free(text);
	series_reset();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_issue12_9_modem_numbers),
		cmocka_unit_test(test_issue12_10_sentences),
		cmocka_unit_test(test_issue12_10_verdicts),
		cmocka_unit_test(test_issue12_10_odd_gateways),
		cmocka_unit_test(test_issue12_10_plots),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_series_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
