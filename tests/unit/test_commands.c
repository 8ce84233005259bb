/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command table and its matching, the request and answer codec, the
 * metric table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/metric.h"
#include "ipc/commands.h"
#include "ipc/control.h"

/* What typed words (parted by blanks) lead to: "words|arguments left", or
 * the error. */
static const char *
found(const char *typed, char *buf, size_t size)
{
	char copy[128], error[COMMAND_ERROR_SIZE];
	const char *words[8];
	const struct command *row;
	size_t n = 0, used;

	(void)snprintf(copy, sizeof(copy), "%s", typed);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " "))
		words[n++] = w;
	row = command_find(words, n, &used, error);
	if (row == NULL)
		(void)snprintf(buf, size, "%s", error);
	else
		(void)snprintf(buf, size, "%s|%zu", row->words, n - used);
	return buf;
}

static void
test_prefixes(void **state)
{
	static const struct {
		const char *typed, *expected;
	} cases[] = {
		{"status", "status|0"},
		{"statu", "status|0"},
		{"stat", "\"stat\" is ambiguous: status, stats"},
		{"s", "\"s\" is ambiguous: status, send, stats, show"},
		{"modem", "modem|0"},		/* exact wins over modems */
		{"modem viettel-1", "modem|1"},
		{"modems", "modems|0"},
		{"mod", "\"mod\" is ambiguous: modems, modem"},
		{"q", "queue|0"},
		{"rejected", "rejected|0"},
		{"rej 50", "rejected|1"},
		{"rej requeue all", "rejected requeue|1"},
		{"rej req all phone=1", "rejected requeue|2"},
		{"tem c", "template check|0"},
		{"tem s vi ready", "template show|2"},
		{"template", "a word is missing, one of: check, show"},
		{"tem x", "no command \"x\", there are: check, show"},
		{"show config", "show config|0"},
		{"statusx", NULL},
		{"", NULL},
	};
	char buf[COMMAND_ERROR_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cases[i].expected != NULL)
			assert_string_equal(found(cases[i].typed, buf,
			    sizeof(buf)), cases[i].expected);
		else
			assert_null(strchr(found(cases[i].typed, buf,
			    sizeof(buf)), '|'));
}

static void
test_empty_word(void **state)
{
	const char *words[] = {""};
	char error[COMMAND_ERROR_SIZE];
	size_t used;

	(void)state;
	assert_null(command_find(words, 1, &used, error));
	assert_non_null(strstr(error, "no command \"\""));
}

/* Every row is found by its own words, and its help is there. */
static void
test_rows(void **state)
{
	char buf[COMMAND_ERROR_SIZE], expected[80];

	(void)state;
	for (size_t i = 0; i < COMMAND_END; i++) {
		const struct command *row = &commands()[i];

		assert_int_equal(row->id, i);
		(void)snprintf(expected, sizeof(expected), "%s|0",
		    row->words);
		assert_string_equal(found(row->words, buf, sizeof(buf)),
		    expected);
		assert_true(strlen(row->line) > 10);
		assert_true(row->least <= row->most);
		assert_int_equal(row->most == 0, *row->arguments == '\0');
	}
}

static void
test_arguments(void **state)
{
	const struct command *send = &commands()[COMMAND_send];
	const struct command *requeue = &commands()[COMMAND_requeue];
	char buf[32], error[COMMAND_ERROR_SIZE];

	(void)state;
	assert_int_equal(command_check(send, 2, error), 0);
	assert_int_equal(command_check(send, 1, error), -1);
	assert_string_equal(error,
	    "an argument is missing: baotinctl send NUMBER TEXT");
	assert_int_equal(command_check(send, 3, error), -1);
	assert_string_equal(error,
	    "too many arguments: baotinctl send NUMBER TEXT");
	assert_int_equal(command_check(requeue, 60, error), 0);
	assert_string_equal(command_argument(send, 0, buf, 32), "NUMBER");
	assert_string_equal(command_argument(send, 1, buf, 32), "TEXT");
	assert_string_equal(command_argument(requeue, 1, buf, 32),
	    "field=value");
	assert_string_equal(command_argument(requeue, 7, buf, 32),
	    "field=value");
}

static void
test_request_round(void **state)
{
	static const char *const words[] = {"send", "0912345678",
	    "Hồ sơ \"đã\"\nxong"};
	char *text = control_request_encode(words, 3, NULL), **back;
	json_t *rows;
	size_t n;

	(void)state;
	assert_non_null(text);
	back = control_request_decode((uint8_t *)text, strlen(text), &n, &rows);
	assert_non_null(back);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(back[i], words[i]);
	assert_null(back[3]);
	free(back);
	/* Cut anywhere, it is no request. */
	for (size_t i = 0; i < strlen(text); i++)
		assert_null(control_request_decode((uint8_t *)text, i, &n,
		    &rows));
	free(text);
}

static void
test_request_rows(void **state)
{
	static const char *const words[] = {"import", "a.csv"};
	json_t *rows = json_pack("[{s:s}, {s:s, s:s}]", "dossier", "H1",
	    "dossier", "H2", "collect_at", "Một cửa"), *back;
	char *text = control_request_encode(words, 2, rows), **out;
	size_t n;

	(void)state;
	assert_non_null(text);
	out = control_request_decode((uint8_t *)text, strlen(text), &n,
	    &back);
	assert_non_null(out);
	assert_int_equal(n, 2);
	assert_true(json_equal(rows, back));
	json_decref(back);
	free(out);
	free(text);
	while (json_array_size(rows) <= CONTROL_ROWS_MAX)
		json_array_append(rows, json_array_get(rows, 0));
	text = control_request_encode(words, 2, rows);
	assert_null(control_request_decode((uint8_t *)text, strlen(text), &n,
	    &back));
	assert_null(back);
	free(text);
	json_decref(rows);
}

static void
test_request_refused(void **state)
{
	static const char *const bad[] = {"", "{}", "[]", "null", "\"x\"",
	    "{\"words\":[]}", "{\"words\":\"status\"}", "{\"words\":[1]}",
	    "{\"words\":[\"a\",null]}", "{\"words\":[\"a\\u0000b\"]}",
	    "{\"words\":[\"status\"],\"more\":1}",
	    "{\"words\":[\"a\"],\"words\":[\"b\"]}",
	    "{\"words\":[\"a\"],\"rows\":[]}",
	    "{\"words\":[\"a\"],\"rows\":{}}",
	    "{\"words\":[\"a\"],\"rows\":[{}]}",
	    "{\"words\":[\"a\"],\"rows\":[[\"a\"]]}",
	    "{\"words\":[\"a\"],\"rows\":[{\"a\":1}]}",
	    "{\"words\":[\"a\"],\"rows\":[{\"a\":\"b\"}],\"c\":1}",
	    "{\"words\":[],\"rows\":[{\"a\":\"b\"}]}",
	    "{\"words\":[\"\xff\"]}", "{\"words\":[\"status\"]}x"};
	static const char *const not_utf8[] = {"send", "\xc3"};
	char many[1024] = "{\"words\":[\"a\"";
	json_t *rows;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(control_request_decode((const uint8_t *)bad[i],
		    strlen(bad[i]), &n, &rows));
	for (int i = 1; i <= CONTROL_WORDS_MAX; i++)
		strcat(many, ",\"a\"");
	strcat(many, "]}");
	assert_null(control_request_decode((uint8_t *)many, strlen(many),
	    &n, &rows));
	assert_null(control_request_encode(not_utf8, 2, NULL));
}

static int
answer(const char *text, struct control_answer *out)
{
	return control_answer_decode((const uint8_t *)text, strlen(text),
	    out);
}

static void
test_answers(void **state)
{
	struct control_answer a;

	(void)state;
	assert_int_equal(answer("{\"ok\":true,\"result\":[]}", &a), 0);
	assert_int_equal(a.status, 0);
	assert_null(a.error);
	assert_true(json_is_array(a.result));
	control_answer_clear(&a);
	assert_int_equal(answer("{\"ok\":false,\"status\":2,"
	    "\"error\":\"no\",\"result\":{}}", &a), 0);
	assert_int_equal(a.status, 2);
	assert_string_equal(a.error, "no");
	assert_true(json_is_object(a.result));
	control_answer_clear(&a);
	assert_int_equal(answer("{\"ok\":true}", &a), -1);
	assert_int_equal(answer("{\"ok\":false,\"status\":0,"
	    "\"error\":\"no\"}", &a), -1);
	assert_int_equal(answer("{\"ok\":false,\"status\":1}", &a), -1);
	assert_int_equal(answer("17", &a), -1);
}

static void
check_metric(const struct metric_row *row, void *arg)
{
	size_t n = strlen(row->name);
	int ends_in_total = n > 6 && strcmp(row->name + n - 6, "_total") == 0;

	++*(int *)arg;
	assert_int_equal(strncmp(row->name, "baotin_", 7), 0);
	assert_int_equal(strspn(row->name, "abcdefghijklmnopqrstuvwxyz_"), n);
	assert_int_equal(ends_in_total, row->type == METRIC_TYPE_COUNTER);
	assert_true(*row->help != '\0');
}

static void
test_metrics(void **state)
{
	int n = 0;

	(void)state;
	metric_each(check_metric, &n);
	assert_int_equal(n, METRIC_END);
	assert_int_equal(metric_get(METRIC_SENT), 0);
	metric_add(METRIC_SENT, 2);
	metric_add(METRIC_SENT, 3);
	metric_set(METRIC_IN_FLIGHT, 7);
	metric_add(METRIC_IN_FLIGHT, -1);
	assert_int_equal(metric_get(METRIC_SENT), 5);
	assert_int_equal(metric_get(METRIC_IN_FLIGHT), 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_empty_word),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_request_round),
		cmocka_unit_test(test_request_rows),
		cmocka_unit_test(test_request_refused),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
