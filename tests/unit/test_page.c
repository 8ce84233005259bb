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
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_series_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
