/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * 12.1: the table of health: every word has its sentences and advice, in both
 * languages, and no state is a dead end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fsm.h"
#include "ipc/health.h"

static void
issue12_1_every_word_is_explained(void **state)
{
	(void)state;
	for (int i = HEALTH_WELL + 1; i < HEALTH_REASONS_END; i++) {
		const struct health_row *row = health_row(i);

		assert_int_equal(health_find(row->word), i);
		assert_int_equal(strspn(row->word,
		    "abcdefghijklmnopqrstuvwxyz_"), strlen(row->word));
		for (int l = HEALTH_VI; l <= HEALTH_EN; l++) {
			char *text = health_sentence(i, l, "D");

			assert_true(strlen(text) > 10);
			assert_null(strstr(text, "{}"));
			free(text);
			assert_true(strlen(row->advice[l]) > 5);
			assert_null(strstr(row->advice[l], "{}"));
		}
		/* A detail in one language stands in the other, too. */
		assert_int_equal(strstr(row->sentence[0], "{}") != NULL,
		    strstr(row->sentence[1], "{}") != NULL);
	}
	assert_int_equal(health_find("no such word"), HEALTH_WELL);
	assert_string_equal(health_row(HEALTH_WELL)->word, "");
}

static void
issue12_1_every_bad_state_has_a_reason(void **state)
{
	bool has_reason[MODEM_STATES_END] = {0};

	(void)state;
	for (int i = HEALTH_WELL + 1; i < HEALTH_REASONS_END; i++)
		has_reason[health_row(i)->state] = true;
	for (int s = 0; s < MODEM_STATES_END; s++)
		assert_true(has_reason[s] || s == MODEM_BUSY);
}

static void
issue12_1_who_may_go_where(void **state)
{
	static const uint32_t next[] = {
#define X(id, name, may_follow) [MODEM_##id] = may_follow,
		MODEM_STATES(X)
#undef X
	};

	(void)state;
	for (int s = 0; s < MODEM_STATES_END; s++) {
		/* The device may vanish at any moment; work comes back. */
		if (s != MODEM_DOWN)
			assert_true(next[s] & FSM_TO(MODEM_DOWN));
		if (s != MODEM_READY)
			assert_true(next[s] & FSM_TO(MODEM_READY));
		assert_false(next[s] & FSM_TO(s));
	}
	assert_false(next[MODEM_LOCKED] & FSM_TO(MODEM_BUSY));
}

static void
issue12_1_details(void **state)
{
	char *text = health_sentence(HEALTH_HELD, HEALTH_EN,
	    "ModemManager[712]");

	(void)state;
	assert_non_null(strstr(text, "open: ModemManager[712]."));
	free(text);
	text = health_sentence(HEALTH_NO_SIM, HEALTH_EN, "x");
	assert_null(strstr(text, "x"));
	free(text);
	text = health_sentence(HEALTH_HELD, HEALTH_EN, NULL);
	assert_non_null(strstr(text, "open: ."));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issue12_1_every_word_is_explained),
		cmocka_unit_test(issue12_1_every_bad_state_has_a_reason),
		cmocka_unit_test(issue12_1_who_may_go_where),
		cmocka_unit_test(issue12_1_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
